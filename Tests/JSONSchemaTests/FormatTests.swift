import JSONSchema
import PerdureJSON
import Testing

/// The formats that are checked, with texts on both sides of each border.
@Suite("Formats")
struct FormatTests {
    static let cases: [(String, [String], [String])] = [
        (
            "date", ["2024-02-29", "2000-02-29", "0001-01-01", "1999-12-31"],
            [
                "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-1-01", "2024/01/01", "",
                "٢٠٢٤-01-01",
            ]
        ),
        (
            "time", ["13:30:00Z", "00:00:00.123z", "23:59:60Z", "01:29:60+01:30", "12:00:00-23:59"],
            [
                "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:60Z", "22:59:60+01:00", "12:00:00", "12:00Z",
                "12:00:00.Z",
                "12:00:00+24:00", "12:00:00+0100",
            ]
        ),
        (
            "date-time", ["2024-02-29T13:30:00Z", "1985-04-12t23:20:50.52z", "1998-12-31T23:59:60Z"],
            ["2024-02-30T13:30:00Z", "2024-02-29 13:30:00Z", "2024-02-29T13:30:00", "2024-02-29", "T13:30:00Z"]
        ),
        (
            "duration", ["P1D", "P1Y2M3DT4H5M6S", "PT0S", "P4W", "PT36H", "P1M", "PT1M"],
            ["P", "PT", "P1", "1D", "P1S", "PT1D", "P2D1Y", "P1DT", "P1W2D", "p1d", "P-1D", "P1D1D", ""]
        ),
        (
            "email",
            ["a@b.example", "first.last+tag@sub.example.org", "\"a b\"@example.org", "a@[127.0.0.1]", "a@[IPv6:::1]"],
            ["a", "@b", "a@", "a.@b.c", ".a@b.c", "a..b@c.d", "a b@c.d", "a@-b.c", "a@b_c.d", "a@b@c.d", "a@[1.2.3]"]
        ),
        (
            "hostname",
            ["a", "example.org", "xn--4gbwdl.xn--wgbh1c", "1host", "a-b", String(repeating: "a", count: 63)],
            ["", ".", "a.", ".a", "-a", "a-", "a_b", "a..b", "é.org", String(repeating: "a", count: 64)]
        ),
        (
            "ipv4", ["0.0.0.0", "255.255.255.255", "192.168.0.1"],
            ["256.0.0.0", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.", "1.2.3.a", "0x7f.1.1.1", "1.2.3.4/8"]
        ),
        (
            "ipv6",
            [
                "::", "::1", "1::", "2001:db8::8a2e:370:7334", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
                "1:2:3:4:5:6:1.2.3.4",
            ],
            [
                ":", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7::8",
                ":1:2:3:4:5:6:7",
                "::1.2.3", "1.2.3.4", "fe80::1%eth0", ":::1", "1.2.3.4::",
            ]
        ),
        (
            "uri",
            [
                "http://example.org", "https://u:p@h.org:8080/a/b?c=d#e", "urn:uuid:x", "mailto:a@b.c", "http://[::1]/",
                "file:///a",
                "http://a/%C3%A9",
            ],
            [
                "", "a/b", "//h/p", "http://a b", "http://a/%zz", "http://a/\"", "http://[::1", "http://a:port/",
                "1a:b", "http://a/é",
                "http://a/{b}", "a:b#c#d", "http://a/[b]",
            ]
        ),
        (
            "uri-reference", ["", "a/b", "//h/p", "?q", "#f", "../x", "http://a"],
            ["a b", "\\\\a", "1a:b", "#a#b", "%g0"]
        ),
        (
            "uuid",
            [
                "0190d2f0-7c1e-7b3a-9c51-2f1e9d3c8a77", "00000000-0000-0000-0000-000000000000",
                "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
            ],
            [
                "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
                "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", "",
            ]
        ),
        ("json-pointer", ["", "/a/~0~1", "/"], ["a", "/~2"]),
        ("regex", ["^a+$", "(?=a)b", "(a)\\1", "[a-z]"], ["(", "[a", "a**", "\\a"]),
    ]

    @Test("accepts and refuses", arguments: cases)
    func format(name: String, valid: [String], invalid: [String]) throws {
        let schema = try JSONSchema(["format": .string(name)])
        for text in valid { #expect(schema.accepts(.string(text)), "'\(text)' is a \(name)") }
        for text in invalid { #expect(!schema.accepts(.string(text)), "'\(text)' is no \(name)") }
        for other: JSONValue in [1, nil, true, [], [:]] { #expect(schema.accepts(other)) }
    }
}
