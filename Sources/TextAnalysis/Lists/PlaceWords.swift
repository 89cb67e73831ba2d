/// Words inside and around the names of places (own compilation).
enum PlaceWords {
    static let nouns = """
        river lake bay island islands valley county province mountains peninsula sea ocean strait desert airport harbour
        harbor street avenue road square park bridge canal district beach forest falls creek hills sound fjord quay pier
        lighthouse archipelago glacier plateau reservoir estuary basin coast lane boulevard
        """
    static let heads = "mount mt lake cape fort port isle gulf"
    static let prepositions = "in at near from to outside around across towards toward off through via into leaving"
    static let settlements = """
        town city village port hamlet island municipality suburb district borough county province capital settlement
        region
        """
    static let directions = "north south east west northern southern eastern western central"
    /// Places that are words or names too: they need a preposition of place before them, or a verb of saying, a
    /// possessive or a second place after them.
    static let ambiguous = """
        reading bath nice mobile split cork orange turkey chad jordan georgia male hull lincoln victoria charlotte
        florence paris sydney austin dallas houston virginia carolina madison chelsea troy phoenix buffalo china jersey
        guinea cologne nancy tours march sale lima essex derby kent jackson cuba wells chester lancaster columbia
        santiago wellington salem augusta concord helena montgomery pierre providence trenton richmond jacksonville
        columbus orlando
        """
    static let demonyms = """
        american british english scottish welsh irish french german italian spanish portuguese dutch belgian swiss
        austrian danish swedish norwegian finnish icelandic polish czech slovak hungarian romanian bulgarian greek
        turkish russian ukrainian belarusian estonian latvian lithuanian serbian croatian bosnian albanian chinese
        japanese korean indian pakistani bangladeshi afghan iranian iraqi syrian lebanese israeli palestinian
        jordanian saudi egyptian libyan tunisian algerian moroccan nigerian ghanaian kenyan ethiopian somali sudanese
        ugandan african rwandan congolese zimbabwean mexican canadian brazilian argentine chilean peruvian colombian
        venezuelan cuban haitian jamaican australian thai vietnamese indonesian malaysian filipino singaporean
        taiwanese tibetan mongolian european asian arab latin nordic baltic scandinavian western americans europeans
        russians germans britons ukrainians israelis palestinians iranians indians italians canadians australians
        africans asians arabs norwegians swedes danes finns spaniards poles turks greeks londoners parisians
        """
}
