/// Currencies by symbol, ISO 4217 code and English name (own compilation; the codes are those of ISO 4217).
enum Currencies {
    /// A bare dollar sign is read as the US dollar, as news agencies write it.
    static let symbols: [Unicode.Scalar: String] = [
        "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS",
        "₴": "UAH", "₦": "NGN", "₫": "VND", "฿": "THB", "₱": "PHP",
    ]
    /// Letters before a dollar sign.
    static let dollarPrefixes: [String: String] = [
        "us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD", "r": "BRL",
        "nt": "TWD",
    ]
    static let codes = """
        usd eur gbp jpy chf cad aud nzd cny inr krw rub try ils uah ngn vnd thb php nok sek dkk isk pln czk huf ron bgn
        zar brl mxn ars clp cop pen egp kes ghs sar aed qar kwd hkd sgd twd idr myr pkr bdt
        """
    /// Nouns that mean money after any amount, with the code where the noun settles it.
    static let codesByNoun: [String: String] = [
        "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "yen": "JPY", "rupees": "INR", "yuan": "CNY",
        "renminbi": "CNY", "roubles": "RUB", "rubles": "RUB", "kronor": "SEK", "zloty": "PLN", "zlotys": "PLN",
        "shekels": "ILS", "hryvnia": "UAH", "naira": "NGN", "forints": "HUF", "pounds": "GBP", "won": "KRW",
        "rand": "ZAR", "reais": "BRL", "baht": "THB",
    ]
    /// Nouns that mean money but leave the currency open.
    static let openNouns: Set<String> = ["kroner", "krone", "francs", "pesos", "dinars", "dirhams", "riyals", "cents"]
    /// Nouns that also mean something else: money only after million and the like.
    static let nounsNeedingMultiplier: Set<String> = ["pounds", "won", "rand", "baht"]
    static let nouns = (Array(codesByNoun.keys) + Array(openNouns)).joined(separator: " ")
    /// What an adjective of nationality makes of a noun.
    static let codesByAdjective: [String: String] = [
        "us dollars": "USD", "canadian dollars": "CAD", "australian dollars": "AUD", "zealand dollars": "NZD",
        "singapore dollars": "SGD", "swiss francs": "CHF", "norwegian kroner": "NOK", "danish kroner": "DKK",
        "swedish kronor": "SEK", "mexican pesos": "MXN", "argentine pesos": "ARS", "chilean pesos": "CLP",
        "indian rupees": "INR", "pakistani rupees": "PKR", "russian roubles": "RUB", "russian rubles": "RUB",
        "chinese yuan": "CNY", "japanese yen": "JPY", "korean won": "KRW", "african rand": "ZAR",
    ]
}
