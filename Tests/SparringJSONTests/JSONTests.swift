import Testing

@testable import SparringJSON

@Suite("JSON")
struct JSONTests {
    @Test(
        "A JSON document is parsed and written back unchanged",
        arguments: [
            "null", "true", "[]", "{}", "0", "-0", "1.0", "1e3", "-1.5E-7", "123456789012345678901234567890", "\"\"",
            #""a\"b\\c\nd""#, #"{"b":1,"a":2,"b":3}"#, #"[1,[2,[3,{}]],{"x":null}]"#, #""héllo 🥊""#,
        ])
    func roundTrip(text: String) throws { #expect(try JSONValue.parse(text).text() == text) }

    @Test(
        "JSON escapes are decoded to their characters",
        arguments: [
            (#""é""#, "é"), (#""🥊""#, "🥊"), (#""\ud83e""#, "\u{FFFD}"), (#""\ud83ex""#, "\u{FFFD}x"),
            (#""\b\f\r\t\/""#, "\u{8}\u{C}\r\t/"),
        ])
    func escapes(text: String, expected: String) throws { #expect(try JSONValue.parse(text) == .string(expected)) }

    @Test(
        "Invalid JSON is rejected",
        arguments: [
            "", " ", "nul", "01", "1.", ".5", "+1", "1e", "[1,]", "[1 2]", "{a:1}", #"{"a"}"#, #"{"a":1,}"#, "\"a",
            "\"\n\"",
            #""\x""#, #""\u12g4""#, "[1]x", "'a'",
        ])
    func refused(text: String) { #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text) } }

    @Test("Every truncation of a JSON document is rejected")
    func truncations() {
        let document = Array(#"{"a":[1,"é",true],"b":{"c":null}}"#.utf8)
        for end in 0..<document.count {
            #expect(throws: JSONSyntaxError.self, "\(end)") { try JSONValue.parse(Array(document[..<end])) }
        }
    }

    /// The parser reads eight bytes of a string at a time, so every special byte is put at every place of sixteen, with
    /// a long and a short rest of the document after it.
    @Test(
        "A special character in a string is read at every place of the string",
        arguments: [
            (#"\""#, "\""), (#"\\"#, "\\"), (#"\n"#, "\n"), ("é", "é"), ("🥊", "🥊"), ("\u{7F}", "\u{7F}"), (" ", " "),
        ])
    func specialPlaces(written: String, read: String) throws {
        for place in 0...16 {
            let before = String(repeating: "a", count: place)
            for after in ["", "b", "bcdefgh", "bcdefghijklmnopqrst"] {
                let value = try JSONValue.parse("[\"\(before)\(written)\(after)\",1]")
                #expect(value[0] == .string(before + read + after), "\(place)")
            }
        }
    }

    @Test(
        "A string with a control character or a byte that is not UTF-8 is rejected at every place",
        arguments: [0x00, 0x0A, 0x1F, 0xFF])
    func rejectedPlaces(byte: UInt8) {
        for place in 0...16 {
            let text = Array("[\"".utf8) + Array(repeating: 0x61, count: place) + [byte] + Array("bcdefghijklm\"]".utf8)
            #expect(throws: JSONSyntaxError.self, "\(place)") { try JSONValue.parse(text) }
        }
    }

    @Test("JSON with bytes that are not UTF-8 is rejected")
    func invalidUTF8() { #expect(throws: JSONSyntaxError.self) { try JSONValue.parse([0x22, 0xC3, 0x28, 0x22]) } }

    @Test("JSON may be nested at most 256 levels deep", arguments: [(256, true), (257, false), (100_000, false)])
    func nesting(depth: Int, isAccepted: Bool) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(((try? JSONValue.parse(text)) != nil) == isAccepted)
    }

    @Test("The JSON writer grows beyond its reserved space", arguments: [0, 1, 63, 64, 65, 1000])
    func growth(length: Int) {
        let text = String(repeating: "é\"", count: length)
        var writer = JSONWriter(style: .pretty, reserving: 1)
        writer.array { writer in for _ in 0..<3 { writer.element { $0.string(text) } } }
        let expected = (0..<3).map { _ in "  \"" + String(repeating: "é\\\"", count: length) + "\"" }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\n" + expected.joined(separator: ",\n") + "\n]")
    }

    @Test("JSON is written in three styles of white space")
    func styles() throws {
        let value = try JSONValue.parse(#"{"a":[1,{}],"b":[]}"#)
        #expect(value.text(.compact) == #"{"a":[1,{}],"b":[]}"#)
        #expect(value.text(.pretty) == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")
        #expect(value.text(.wide) == "{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": []\n}")
    }

    @Test(
        "A JSON path finds its value",
        arguments: [
            ("$", "{\"a\":[1,{\"b\":2}]}"), ("$.a[0]", "1"), ("$.a[-1].b", "2"), ("$['a'][1]", "{\"b\":2}"),
            ("$.x", nil),
        ])
    func paths(path: String, expected: String?) throws {
        let document = try JSONValue.parse(#"{"a":[1,{"b":2}]}"#)
        #expect(try #require(JSONPath(path)).value(in: document)?.text() == expected)
    }

    @Test("An invalid JSON path is rejected", arguments: ["a", "$.", "$[", "$[x]", "$a"])
    func noPath(text: String) { #expect(JSONPath(text) == nil) }

    @Test("JSON equivalence ignores the order of members and the spelling of numbers")
    func equivalence() throws {
        let a = try JSONValue.parse(#"{"x":1.0,"y":[true]}"#)
        #expect(a.isEquivalent(to: try JSONValue.parse(#"{"y":[true],"x":1}"#)))
        #expect(!a.isEquivalent(to: try JSONValue.parse(#"{"y":[true,1],"x":1}"#)))
    }
}
