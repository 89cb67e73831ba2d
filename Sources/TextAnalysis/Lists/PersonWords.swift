/// Words around the names of people (own compilation).
enum PersonWords {
    static let honorifics = "mr mrs ms miss mx dr prof sir dame messrs"
    static let titles = """
        president chancellor premier minister senator governor mayor congressman congresswoman spokesman spokeswoman
        spokesperson professor sheriff sen rep gov ceo cfo chairman chairwoman chairperson taoiseach
        """
    static let ranks = """
        captain colonel general sergeant lieutenant major admiral commander judge justice detective inspector officer
        king queen prince princess lord lady pope bishop archbishop cardinal rabbi imam coach chief superintendent
        constable emperor duke duchess baroness baron capt col lt sgt cmdr supt rev reverend father sister ambassador
        commissioner
        """
    static let occupations = """
        director executive chair secretary manager analyst lawyer founder co-founder editor author engineer economist
        biologist scientist researcher historian resident teacher nurse doctor farmer fisherman skipper student activist
        journalist reporter photographer actor actress singer artist writer novelist politician attorney prosecutor
        solicitor barrister surgeon physician chemist physicist geologist ecologist oceanographer meteorologist
        seismologist archaeologist sociologist psychologist strategist adviser advisor consultant coordinator councillor
        councilor lawmaker deputy treasurer pilot driver harbourmaster harbormaster firefighter librarian headteacher
        principal curator architect designer programmer developer musician composer conductor striker goalkeeper
        midfielder defender captain mother grandmother grandfather pensioner
        """
    static let titlePrefixes = "prime vice deputy acting interim former managing senior chief assistant associate"
    static let particles = "van von de der den del della di da dos du la le ter ten bin ibn al el zu"
    static let nameSuffixes: Set<String> = ["jr", "sr", "ii", "iii", "iv", "vi", "vii", "viii", "xiv", "xvi"]
    static let speechVerbs = """
        said says told added asked replied announced warned argued explained noted insisted stressed recalled admitted
        acknowledged confirmed stated wrote tweeted testified claimed declared denied joked predicted estimated
        """
}
