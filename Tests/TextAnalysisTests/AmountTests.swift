import Testing
import TextAnalysis

@Suite struct AmountTests {
    @Test(arguments: [
        Row("on 12 March 2024 and March 12, 2024", "12 March 2024=2024-03-12", "March 12, 2024=2024-03-12"),
        Row("the 1st of May, 2023; May 3rd", "1st of May, 2023=2023-05-01", "May 3rd"),
        Row("built 2024-03-12, logged 2024-03-12T14:30:05Z.", "2024-03-12", "2024-03-12T14:30:05Z"),
        Row(
            "either 12/03/2024 or 25/12/2024 or 12/25/2024", "12/03/2024", "25/12/2024=2024-12-25",
            "12/25/2024=2024-12-25"),
        Row("equal 03/03/2024, German 25.12.2024", "03/03/2024=2024-03-03", "25.12.2024=2024-12-25"),
        Row("not 13/13/2024, 31/31/24, 2024-02-30 or 2024-13-01"),
        Row(
            "Tuesday, 12 March 2024, or last Friday or Sunday", "Tuesday, 12 March 2024=2024-03-12", "last Friday",
            "Sunday"),
        Row("in March 2024, since April, at the end of June", "March 2024=2024-03", "April", "June"),
        Row("from 12–14 March 2024 on", "12–14 March 2024=2024-03-12/2024-03-14"),
        Row("30 February 2024", "February 2024=2024-02"),
        Row("in 2019, since the 1990s, from 1998 to 2004", "2019", "1990s", "1998", "2004"),
        Row("during 2019–2023 and Q3 2024", "2019–2023=2019/2023", "Q3 2024=2024-Q3"),
        Row("yesterday, next month and this year", "yesterday", "next month", "this year"),
        // Words and numbers that are no dates.
        Row("You may go. May I? They march on. March with us! An august body."),
        Row("in 2000 homes, room 2024, 1999 people, call 2024 times"),
        Row("He may in 12 cases decide. Black Friday sales, Good Friday prayers."),
    ])
    func dates(_ row: Row) { #expect(found(.date, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("at 14:30 and 2:30 p.m. and 2:30", "14:30", "2:30 p.m.=14:30", "2:30"),
        Row(
            "5pm, 10 a.m., 2.30pm, 12 am, 12 p.m.", "5pm=17:00", "10 a.m.=10:00", "2.30pm=14:30", "12 am=00:00",
            "12 p.m.=12:00"),
        Row("at noon, by midnight, at 9 o'clock", "noon=12:00", "midnight=00:00", "9 o'clock"),
        Row("until 11:00 GMT", "11:00 GMT=11:00"),
        Row("at 14:30 GMT or 1400 GMT", "14:30 GMT=14:30", "1400 GMT=14:00"),
        Row("a score of 3:2, a ratio of 16:9, 25:00, 12:75, Genesis 1:10, midnight blue, I am 5."),
    ])
    func times(_ row: Row) { #expect(found(.time, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("$1.2 billion and €300m", "$1.2 billion=USD 1200000000", "€300m=EUR 300000000"),
        Row("45 million euros, USD 3,000, £20", "45 million euros=EUR 45000000", "USD 3,000=USD 3000", "£20=GBP 20"),
        Row(
            "$1,234.50, US$3bn, A$5, $5k", "$1,234.50=USD 1234.5", "US$3bn=USD 3000000000", "A$5=AUD 5", "$5k=USD 5000"),
        Row("two million dollars, 50 cents, 7 euros", "two million dollars=USD 2000000", "50 cents", "7 euros=EUR 7"),
        Row("5 million Swiss francs, 3 million francs", "5 million Swiss francs=CHF 5000000", "3 million francs"),
        Row("a $1.2-billion deal", "$1.2-billion=USD 1200000000"),
        Row("€1.234,56", "€1.234,56"),
        Row("20 pounds of rice, they won 3, a 300m race, 45 million people, in 2024, the dollar fell"),
    ])
    func money(_ row: Row) { #expect(found(.money, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("12.5%, 12 percent, 3 per cent", "12.5%", "12 percent=12%", "3 per cent=3%"),
        Row("10–15% or -0.5% or five percent", "10–15%", "-0.5%", "five percent=5%"),
        Row("up 2.5 percentage points", "2.5 percentage points"),
        Row("12 percentiles, a percent sign, 5 people per centre, 100"),
    ])
    func percentages(_ row: Row) { #expect(found(.percentage, in: row.text) == row.expected) }
}
