/// Words inside the names of organisations (own compilation).
enum OrganizationWords {
    static let nouns = """
        bank university agency group association institute commission council committee ministry department party
        union court fund foundation trust society federation company partners airlines airways hospital college school
        authority board bureau office service services police parliament academy network alliance coalition
        organisation organization centre center laboratory laboratories observatory museum industries systems
        technologies solutions pharmaceuticals motors media press post times herald gazette tribune church navy guard
        force secretariat cooperative consortium logistics shipping ferries railways insurance ventures securities
        studios entertainment holdings assembly senate congress treasury corporation exchange chamber confederation
        league club team brigade fisheries airline polytechnic clinic library theatre orchestra newspaper initiative
        taskforce tribunal
        """
    static let corporateSuffixes = "inc ltd llc plc corp co gmbh limited incorporated asa ag llp"
    static let heads = """
        bank university ministry department institute association agency bureau board council commission committee
        office court house federation society school college centre center organisation organization league academy
        union church confederation chamber museum foundation trust authority
        """
    /// Companies whose names are words: an organisation only before a verb of saying, a possessive or a corporate noun.
    static let ambiguous =
        "apple amazon target shell meta orange gap visa oracle sage boots next virgin ford tesla alphabet"
}
