/// Organisations that news mentions without a telling suffix (own compilation). Words in capitals match only as
/// written.
enum KnownOrganizations {
    static let names = """
        European Union,European Commission,European Parliament,European Central Bank,European Council,United Nations
        World Health Organization,World Health Organisation,World Trade Organization,World Bank
        International Monetary Fund,World Economic Forum,World Food Programme,Amnesty International,Human Rights Watch
        Red Cross,Red Crescent,Doctors Without Borders,Médecins Sans Frontières,Save the Children,Oxfam,Greenpeace
        Transparency International,African Union,Arab League,International Criminal Court
        International Court of Justice,International Atomic Energy Agency,Federal Reserve,Bank of England
        Bank of Japan,Supreme Court,High Court,House of Representatives,House of Commons,House of Lords,White House
        Downing Street,Kremlin,Pentagon,Capitol Hill,State Department,Justice Department,Homeland Security
        Scotland Yard,Interpol,Europol,Taliban,Hamas,Hezbollah,Islamic State,Al-Qaeda,Congress,Bundestag,Bundesbank
        Knesset,Duma,Politburo,Communist Party,Labour Party,Conservative Party,Democratic Party,Republican Party
        Green Party,Liberal Democrats,Coast Guard,National Guard,Royal Navy,Royal Air Force,Met Office
        Wall Street Journal,New York Times,Washington Post,Financial Times,Associated Press,Los Angeles Times
        USA Today,Agence France-Presse,Reuters,Bloomberg,Guardian Media Group,Al Jazeera,Der Spiegel,Le Monde
        New Yorker,Dow Jones,Nasdaq,Wikipedia,Wikimedia Foundation,Google,Microsoft,Facebook,Instagram,WhatsApp
        YouTube,Twitter,TikTok,ByteDance,Netflix,Disney,Walt Disney,Walmart,Costco,Ikea,Volkswagen,Toyota,Honda,Nissan
        Hyundai,Samsung,Sony,Nintendo,Panasonic,Huawei,Xiaomi,Alibaba,Tencent,Foxconn,Siemens,Bosch,Airbus,Boeing
        Lockheed Martin,Raytheon,Rolls-Royce,General Motors,General Electric,Goldman Sachs,Morgan Stanley
        JPMorgan Chase,JPMorgan,Citigroup,Barclays,Lloyds,Santander,Credit Suisse,Deutsche Bank,Deutsche Bahn
        BNP Paribas,Société Générale,Berkshire Hathaway,BlackRock,Mastercard,PayPal,Pfizer,Moderna,AstraZeneca
        Novartis,Roche,Bayer,Johnson & Johnson,Procter & Gamble,Marks & Spencer,AT&T,Verizon,Vodafone,T-Mobile
        ExxonMobil,Chevron,TotalEnergies,Equinor,Gazprom,Rosneft,Aramco,Saudi Aramco,Lufthansa,Ryanair,EasyJet
        British Airways,Air France,Uber,Airbnb,SpaceX,OpenAI,Nvidia,Intel,Qualcomm,Ericsson,Nokia,Spotify,Unilever
        Nestlé,Nestle,Danone,Heineken,Adidas,Nike,Tesco,Sainsbury,Manchester United,Manchester City,Real Madrid,Maersk
        Ørsted,Vestas,Hapag-Lloyd,Renault,Peugeot,Stellantis,Fiat,Ferrari,Porsche,Mercedes-Benz,Harvard,Stanford
        Sotheby,Starbucks,McDonald,Coca-Cola,PepsiCo,Gallup,Lloyd's of London
        """

    /// Initials that stand for organisations, with the name where it is not in doubt.
    static let acronyms: [String: String] = [
        "NATO": "NATO", "EU": "European Union", "UN": "United Nations", "WHO": "World Health Organization",
        "WTO": "World Trade Organization", "IMF": "International Monetary Fund", "ECB": "European Central Bank",
        "FBI": "Federal Bureau of Investigation", "CIA": "Central Intelligence Agency",
        "NSA": "National Security Agency",
        "NASA": "NASA", "ESA": "European Space Agency", "BBC": "BBC", "CNN": "CNN", "NBC": "NBC", "ABC": "ABC",
        "CBS": "CBS",
        "NPR": "NPR", "PBS": "PBS", "ITV": "ITV", "AFP": "Agence France-Presse", "UNESCO": "UNESCO", "UNICEF": "UNICEF",
        "UNHCR": "UNHCR", "OECD": "OECD", "OPEC": "OPEC", "ASEAN": "ASEAN", "OSCE": "OSCE", "IAEA": "IAEA",
        "ILO": "ILO",
        "IPCC": "IPCC", "FIFA": "FIFA", "UEFA": "UEFA", "IOC": "International Olympic Committee", "NBA": "NBA",
        "NFL": "NFL",
        "IBM": "IBM", "BMW": "BMW", "BP": "BP", "HSBC": "HSBC", "UBS": "UBS", "ING": "ING", "SAP": "SAP",
        "BASF": "BASF",
        "NHS": "National Health Service", "FDA": "Food and Drug Administration",
        "EPA": "Environmental Protection Agency",
        "CDC": "Centers for Disease Control and Prevention", "NOAA": "NOAA", "FAA": "Federal Aviation Administration",
        "FEMA": "FEMA", "FCC": "Federal Communications Commission", "SEC": "Securities and Exchange Commission",
        "MIT": "Massachusetts Institute of Technology", "UCLA": "UCLA", "CERN": "CERN", "MI5": "MI5", "MI6": "MI6",
        "RSPB": "RSPB", "RNLI": "RNLI", "RAF": "Royal Air Force", "U.N.": "United Nations", "E.U.": "European Union",
        "ACLU": "ACLU", "NAACP": "NAACP", "TSMC": "TSMC", "LVMH": "LVMH", "DHL": "DHL", "KLM": "KLM", "SAS": "SAS",
    ]
}
