import Testing
import TextAnalysis

@Suite struct AddressTests {
    @Test(arguments: [
        Row("Write to jane.doe+news@Example.CO.uk.", "jane.doe+news@Example.CO.uk=jane.doe+news@example.co.uk"),
        Row("<a@b.org>, mailto:x_y@z-1.com!", "a@b.org", "x_y@z-1.com"),
        Row("@handle, a@b, foo@, @example.com, a @ b.com, x.@b"),
    ])
    func emails(_ row: Row) { #expect(found(.email, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("See https://Example.org/Path?q=1#f.", "https://Example.org/Path?q=1#f=https://example.org/Path?q=1#f"),
        Row("(http://en.example.org/wiki/Foo_(bar)), ok", "http://en.example.org/wiki/Foo_(bar)"),
        Row("at www.example.com, “https://a.example/x”!", "www.example.com", "https://a.example/x"),
        Row("http://, www., www.x, xhttp://a.b, file://c"),
    ])
    func urls(_ row: Row) { #expect(found(.url, in: row.text) == row.expected) }

    @Test(arguments: [
        Row("call +44 20 7946 0958 today", "+44 20 7946 0958=+442079460958"),
        Row(
            "+44 (0)20 7946 0958, +1-212-555-0123", "+44 (0)20 7946 0958=+442079460958", "+1-212-555-0123=+12125550123"),
        Row("(212) 555-0123 or 212-555-0123.", "(212) 555-0123=2125550123", "212-555-0123=2125550123"),
        Row("1-800-555-0123; 020 7946 0958", "1-800-555-0123=18005550123", "020 7946 0958=02079460958"),
        Row("please call us at 555-0123", "555-0123"),
        Row("(212) 555-0123 (2024)", "(212) 555-0123=2125550123"),
        Row("in 2019-2023, 1 200 300, $1,234,567, 2024-03-12, 12345678, 3.14159, 555-0123, +5, 1999 2000 2001"),
        Row("ISBN 978-0-13-468599-1, 192.168.100.1000, 10-15, 0.12 3456 7890, 2020 2021"),
    ])
    func phones(_ row: Row) { #expect(found(.phone, in: row.text) == row.expected) }
}
