import Testing
import TextAnalysis

@Suite struct NameTests {
    @Test(arguments: [
        Row("Yesterday Mr. Smith and Dr Ngata met.", "Smith", "Ngata"),
        Row("President Emmanuel Macron met Prime Minister Keir Starmer.", "Emmanuel Macron", "Keir Starmer"),
        Row("The spokeswoman Ilva Torne said so.", "Ilva Torne"),
        Row(
            "John F. Kennedy, Maria de la Cruz, Jean-Luc Picard", "John F. Kennedy", "Maria de la Cruz",
            "Jean-Luc Picard"),
        Row("Jane Doe spoke. Later Doe left. Ms. Doe ran.", "Jane Doe", "Doe=Jane Doe", "Doe=Jane Doe"),
        Row("Ingvild Solhaug, 34, was there. Solhaug waved.", "Ingvild Solhaug", "Solhaug=Ingvild Solhaug"),
        Row("Zorvan Kelm, who was there, and Ilva Torne, a marine biologist, left.", "Zorvan Kelm", "Ilva Torne"),
        Row("“No,” said Zorvan Kelm. Kelm was angry.", "Zorvan Kelm", "Kelm=Zorvan Kelm"),
        Row("Theresa May resigned. May said so. You may go. May I?", "Theresa May", "May=Theresa May"),
        Row("Jane Doe and John Doe came. Doe left.", "Jane Doe", "John Doe", "Doe"),
        Row("Paris Hilton and Jordan Peterson met.", "Paris Hilton", "Jordan Peterson"),
        Row("Will Smith said so. Grant Shapps, 55, agreed.", "Will Smith", "Grant Shapps"),
        // What is no person.
        Row("Rich Nations. Hope Springs. Victoria Station was shut. St John Ambulance came. Sydney Opera House."),
        Row("Will the council vote? Will Brussels act? Will Parliament vote? Mark your calendars."),
        Row("Apple said on Tuesday that General Motors and Deutsche Bahn said nothing."),
        Row("The General Assembly met on Christmas Day. The Prime Video series. The chief Brexit negotiator."),
        Row("Northern Rail said trains were late. The President said no."),
        Row("How Paris Won Back Its River And Why Will Matters"),
    ])
    func people(_ row: Row) { #expect(found(.person, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("Harwick Energy plc rose. Harwick Energy fell.", "Harwick Energy plc", "Harwick Energy=Harwick Energy plc"),
        Row("He left Acme Corp. for Widgets, Inc. in May.", "Acme Corp.", "Widgets, Inc."),
        Row("the Ministry of Defence and the University of Oslo", "Ministry of Defence", "University of Oslo"),
        Row("the Department of Health and Human Services", "Department of Health and Human Services"),
        Row("Norwegian Institute of Marine Research", "Norwegian Institute of Marine Research"),
        Row(
            "The Coastal Survey Agency (CSA) met. The CSA left.", "Coastal Survey Agency", "CSA=Coastal Survey Agency",
            "CSA=Coastal Survey Agency"),
        Row("NATO and the EU and the WHO", "NATO", "EU=European Union", "WHO=World Health Organization"),
        Row("Apple said sales rose, and Apple's shares fell.", "Apple", "Apple"),
        Row("Bank of England Governor Andrew Bailey", "Bank of England"),
        Row("the World Bank and Johnson & Johnson", "World Bank", "Johnson & Johnson"),
        Row(
            "The Queen Elizabeth Hospital and Queen Mary University of London.", "Queen Elizabeth Hospital",
            "Queen Mary University of London"),
        Row("Visiting Oxford University was fun.", "Oxford University"),
        Row("Apple pie is good. I ate an apple. The Bank closed. This Agency knows. WHO WILL WIN THE GAME"),
        Row("CSA means nothing here. A New Year Party began."),
    ])
    func organizations(_ row: Row) { #expect(found(.organization, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("from Paris to New York and São Paulo", "Paris", "New York", "São Paulo"),
        Row(
            "the U.S., the UK and Britain's north", "U.S.=United States", "UK=United Kingdom", "Britain=United Kingdom"),
        Row("She lives in Tolmere, Ohio, near Bexhill.", "Tolmere", "Ohio", "Bexhill"),
        Row("the town of Tolmere floods. Tolmere is wet.", "Tolmere", "Tolmere"),
        Row(
            "Lake Inari, Mount Kenya, Kestrel Bay and Hyde Park.", "Lake Inari", "Mount Kenya", "Kestrel Bay",
            "Hyde Park"),
        Row("a London-based firm in South London", "London", "South London"),
        Row("in Washington, D.C., today", "Washington, D.C."),
        Row("Reading is fun. Nice people split. The University of Oslo. Turkey dinner. Tell us. In Parliament."),
        Row("She spoke in Spanish in Chapter Two."),
    ])
    func places(_ row: Row) { #expect(found(.place, in: row.text) == row.expected) }

    /// A whole short article: everything that is found, in order, and nothing else.
    @Test func article() {
        let text = """
            Nordvik council votes for bridge

            NORDVIK, Norway — Nordvik Town Council voted on Thursday to build a bridge over the Teal River. Mayor Anna \
            Lindahl said work would begin in March 2025 and cost 30 million euros, 12% more than planned. “We may be \
            late,” Lindahl told reporters at 14:30. Broager Bridges Ltd will build it; questions go to \
            post@nordvik.example or +47 22 12 34 56.
            """
        let found = EntityExtractor().extract(text).map { "\($0.type.rawValue) \($0.normalized ?? $0.text)" }
        #expect(
            found == [
                "place Nordvik", "place Nordvik", "place Norway", "organization Nordvik Town Council", "date Thursday",
                "place Teal River",
                "person Anna Lindahl", "date 2025-03", "money EUR 30000000", "percentage 12%", "person Anna Lindahl",
                "time 14:30", "organization Broager Bridges Ltd", "email post@nordvik.example", "phone +4722123456",
            ])
    }
}
