/// Numbers written as words, as far as amounts need them (own compilation).
enum NumberWords {
    static let small: [String: Int] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
        "seventy": 70, "eighty": 80, "ninety": 90,
    ]
    /// Powers of ten. The one-letter forms count only when they touch the digits.
    static let powers: [String: Int] = [
        "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "mn": 6, "bn": 9, "tn": 12, "mln": 6,
        "bln": 9, "k": 3, "m": 6, "b": 9,
    ]
    static let multipliers = "hundred thousand million billion trillion"
}
