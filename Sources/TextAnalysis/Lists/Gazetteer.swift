/// Names of places in English usage, with accented spellings where both occur (own compilation from general knowledge;
/// far from complete, and no statement about the status of any territory).
enum Gazetteer {
    static let countries = """
        Afghanistan,Albania,Algeria,Andorra,Angola,Antigua and Barbuda,Argentina,Armenia,Australia,Austria,Azerbaijan
        Bahamas,Bahrain,Bangladesh,Barbados,Belarus,Belgium,Belize,Benin,Bhutan,Bolivia,Bosnia and Herzegovina,Bosnia
        Botswana,Brazil,Brunei,Bulgaria,Burkina Faso,Burundi,Cambodia,Cameroon,Canada,Cape Verde
        Central African Republic,Chad,Chile,China,Colombia,Comoros,Costa Rica,Croatia,Cuba,Cyprus,Czech Republic
        Czechia,Democratic Republic of Congo,Democratic Republic of the Congo,Republic of Congo,Denmark,Djibouti
        Dominica,Dominican Republic,East Timor,Timor-Leste,Ecuador,Egypt,El Salvador,England,Equatorial Guinea,Eritrea
        Estonia,Eswatini,Ethiopia,Fiji,Finland,France,Gabon,Gambia,Georgia,Germany,Ghana,Greece,Greenland,Grenada
        Guatemala,Guinea,Guinea-Bissau,Guyana,Haiti,Honduras,Hungary,Iceland,India,Indonesia,Iran,Iraq,Ireland,Israel
        Italy,Ivory Coast,Côte d'Ivoire,Jamaica,Japan,Jordan,Kazakhstan,Kenya,Kiribati,Kosovo,Kuwait,Kyrgyzstan,Laos
        Latvia,Lebanon,Lesotho,Liberia,Libya,Liechtenstein,Lithuania,Luxembourg,Madagascar,Malawi,Malaysia,Maldives
        Mali,Malta,Marshall Islands,Mauritania,Mauritius,Mexico,Micronesia,Moldova,Monaco,Mongolia,Montenegro,Morocco
        Mozambique,Myanmar,Namibia,Nauru,Nepal,Netherlands,New Zealand,Nicaragua,Niger,Nigeria,North Korea
        North Macedonia,Northern Ireland,Norway,Oman,Pakistan,Palau,Palestine,Panama,Papua New Guinea,Paraguay,Peru
        Philippines,Poland,Portugal,Qatar,Romania,Russia,Rwanda,Samoa,San Marino,Saudi Arabia,Scotland,Senegal,Serbia
        Seychelles,Sierra Leone,Singapore,Slovakia,Slovenia,Solomon Islands,Somalia,South Africa,South Korea
        South Sudan,Spain,Sri Lanka,Sudan,Suriname,Sweden,Switzerland,Syria,Taiwan,Tajikistan,Tanzania,Thailand,Togo
        Tonga,Trinidad and Tobago,Tunisia,Turkey,Türkiye,Turkmenistan,Tuvalu,Uganda,Ukraine,United Arab Emirates
        United Kingdom,United States of America,United States,Uruguay,Uzbekistan,Vanuatu,Vatican City,Venezuela
        Vietnam,Wales,Yemen,Zambia,Zimbabwe,Britain,Great Britain,Holland,Burma,Puerto Rico
        """

    static let states = """
        Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Hawaii,Idaho,Illinois,Indiana
        Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana
        Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,North Dakota,Ohio,Oklahoma,Oregon
        Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,West Virginia
        Wisconsin,Wyoming,Ontario,Quebec,Québec,British Columbia,Alberta,Manitoba,Saskatchewan,Nova Scotia
        New Brunswick,Newfoundland,Yukon,Prince Edward Island,Newfoundland and Labrador,Queensland,New South Wales
        Tasmania,Western Australia,South Australia,Bavaria,Saxony,Catalonia,Andalusia,Tuscany,Sicily,Lombardy,Normandy
        Brittany,Provence,Cornwall,Devon,Yorkshire,Kent,Essex,Sussex,Surrey,Norfolk,Suffolk,Lancashire,Cumbria,Dorset
        Somerset,Hampshire,Oxfordshire,Cambridgeshire,Kerala,Punjab,Maharashtra,Gujarat,Tamil Nadu,Bihar
        """

    static let cities = """
        Aarhus,Aberdeen,Abidjan,Abu Dhabi,Abuja,Accra,Addis Ababa,Adelaide,Ahmedabad,Aleppo,Alexandria,Algiers,Almaty
        Amman,Amsterdam,Ankara,Antwerp,Ashgabat,Asmara,Astana,Asunción,Athens,Atlanta,Auckland,Austin,Baghdad,Baku
        Baltimore,Bamako,Bangalore,Bengaluru,Bangkok,Bangui,Barcelona,Basel,Bath,Beijing,Beirut,Belfast,Belgrade
        Bergen,Berlin,Bern,Bilbao,Birmingham,Bogotá,Bogota,Bologna,Bonn,Bordeaux,Boston,Brasília,Brasilia,Bratislava
        Brazzaville,Bremen,Brighton,Brisbane,Bristol,Brussels,Bucharest,Budapest,Buenos Aires,Buffalo,Cairo,Calgary
        Cambridge,Canberra,Cape Town,Caracas,Cardiff,Casablanca,Charlotte,Chennai,Chicago,Chișinău,Chisinau
        Christchurch,Cincinnati,Cleveland,Cologne,Colombo,Conakry,Copenhagen,Cork,Córdoba,Coventry,Dakar,Dallas
        Damascus,Dar es Salaam,Delhi,New Delhi,Denver,Derby,Detroit,Dhaka,Doha,Donetsk,Dortmund,Dresden,Dubai,Dublin
        Dubrovnik,Dundee,Durban,Düsseldorf,Dusseldorf,Edinburgh,Edmonton,Essen,Exeter,Florence,Frankfurt,Freetown
        Fukuoka,Gaza City,Gdańsk,Gdansk,Geneva,Genoa,Ghent,Glasgow,Gothenburg,Granada,Guadalajara,Guangzhou
        Guatemala City,The Hague,Haifa,Halifax,Hamburg,Hanoi,Harare,Havana,Helsinki,Hiroshima,Ho Chi Minh City
        Hong Kong,Honolulu,Houston,Hull,Hyderabad,Indianapolis,Innsbruck,Inverness,Islamabad,Istanbul,Izmir,Jakarta
        Jeddah,Jerusalem,Johannesburg,Juba,Kabul,Kampala,Kandahar,Kansas City,Karachi,Kathmandu,Kharkiv,Khartoum
        Kherson,Kigali,Kingston,Kinshasa,Kobe,Kolkata,Kraków,Krakow,Kuala Lumpur,Kyiv,Kiev,Kyoto,La Paz,Lagos,Lahore
        Las Vegas,Leeds,Leicester,Leipzig,Libreville,Lille,Lilongwe,Lima,Limerick,Lincoln,Lisbon,Liverpool,Ljubljana
        London,Los Angeles,Luanda,Lusaka,Luxembourg City,Lviv,Lyon,Madrid,Malmö,Manama,Managua,Manchester,Manila
        Maputo,Mariupol,Marrakesh,Marseille,Mecca,Medina,Melbourne,Memphis,Mexico City,Miami,Milan,Milwaukee
        Minneapolis,Minsk,Mogadishu,Monrovia,Montevideo,Montreal,Montréal,Moscow,Mosul,Mumbai,Munich,Muscat,Nagasaki
        Nagoya,Nairobi,Nantes,Naples,Nashville,Nassau,Newark,Newcastle,New Orleans,New York City,Nice,Nicosia
        Nottingham,Nuremberg,Nuuk,Odesa,Odessa,Osaka,Oslo,Ottawa,Oxford,Palermo,Panama City,Paramaribo,Paris,Perth
        Philadelphia,Phnom Penh,Phoenix,Pittsburgh,Plymouth,Podgorica,Port Moresby,Port-au-Prince,Portland,Porto
        Portsmouth,Prague,Pretoria,Pristina,Pyongyang,Quebec City,Quito,Rabat,Ramallah,Reading,Reykjavík,Reykjavik
        Riga,Rio de Janeiro,Riyadh,Rome,Rotterdam,Sacramento,Salt Lake City,Salzburg,San Antonio,San Diego
        San Francisco,San José,San Jose,San Juan,San Salvador,Sanaa,Santiago,Santo Domingo,São Paulo,Sao Paulo
        Sarajevo,Seattle,Seoul,Seville,Shanghai,Sheffield,Shenzhen,Skopje,Sofia,Southampton,Split,St Louis,St. Louis
        St Petersburg,St. Petersburg,Stavanger,Stockholm,Strasbourg,Stuttgart,Suva,Sydney,Taipei,Tallinn,Tampa,Tampere
        Tashkent,Tbilisi,Tegucigalpa,Tehran,Tel Aviv,Thessaloniki,Tijuana,Timbuktu,Tirana,Tokyo,Toronto,Tripoli,Tromsø
        Trondheim,Tunis,Turin,Turku,Ulaanbaatar,Uppsala,Utrecht,Valencia,Valletta,Vancouver,Venice,Vienna,Vientiane
        Vilnius,Vladivostok,Warsaw,Washington,Washington D.C.,Washington DC,Wellington,Windhoek,Winnipeg,Wrocław,Wuhan
        Yaoundé,Yerevan,Yokohama,York,Zagreb,Zaporizhzhia,Zürich,Zurich
        """

    /// Capitals and larger cities of the United States that the list above lacks.
    static let americanCities = """
        Albany,Albuquerque,Anchorage,Annapolis,Augusta,Baton Rouge,Boise,Carson City,Cheyenne,Colorado Springs
        Columbus,Concord,Des Moines,El Paso,Fort Worth,Fresno,Harrisburg,Hartford,Helena,Jacksonville,Jefferson City
        Juneau,Knoxville,Lansing,Little Rock,Long Beach,Louisville,Montgomery,Montpelier,Oakland,Oklahoma City,Olympia
        Omaha,Orlando,Palo Alto,Pierre,Providence,Raleigh,Richmond,Rochester,Saint Paul,St. Paul,San Bernardino
        Santa Barbara,Santa Fe,Spokane,Springfield,Tallahassee,Toledo,Topeka,Trenton,Tucson,Tulsa
        """

    static let regions = """
        Africa,Antarctica,Asia,Europe,North America,South America,Central America,Latin America,Oceania,Middle East
        Far East,North Africa,West Africa,East Africa,Southern Africa,Southeast Asia,South Asia,Central Asia
        Eastern Europe,Western Europe,Central Europe,Scandinavia,Balkans,Caucasus,Caribbean,Crimea,Donbas,Gaza
        Gaza Strip,West Bank,Siberia,Sahara,Sahel,Himalayas,Alps,Pyrenees,Andes,Rocky Mountains,Amazon Basin
        Amazon rainforest,Arctic,Arctic Circle,Atlantic,Atlantic Ocean,Pacific,Pacific Ocean,Indian Ocean
        Mediterranean,Mediterranean Sea,Baltic Sea,Black Sea,North Sea,Red Sea,Caspian Sea,South China Sea
        Persian Gulf,Gulf of Mexico,English Channel,Bay of Bengal,Bering Sea,Norwegian Sea,Barents Sea,Irish Sea
        Suez Canal,Panama Canal,Strait of Hormuz,Kashmir,Xinjiang,Tibet,Chechnya,Kurdistan,Silicon Valley,Wall Street
        Manhattan,Brooklyn,Hollywood,Midwest,New England,Hebrides,Orkney,Shetland,Faroe Islands,Svalbard
        Canary Islands,Falkland Islands,Channel Islands,Guernsey,Jersey,Isle of Man,Isle of Wight,Bermuda,Guam
        Gibraltar,Thames,River Thames,Danube,Rhine,Nile,Mississippi River,Mount Everest,Mount Fuji,Mont Blanc
        Kilimanjaro,Texel
        """

    /// Short forms with the name they stand for; matched only as written.
    static let aliases: [String: String] = [
        "U.S.": "United States", "US": "United States", "USA": "United States", "U.S.A.": "United States",
        "UK": "United Kingdom", "U.K.": "United Kingdom", "UAE": "United Arab Emirates",
        "DRC": "Democratic Republic of Congo",
        "USSR": "Soviet Union", "Soviet Union": "Soviet Union", "Washington D.C.": "Washington, D.C.",
        "Washington DC": "Washington, D.C.", "Washington, D.C.": "Washington, D.C.", "Britain": "United Kingdom",
        "Great Britain": "United Kingdom",
    ]
}
