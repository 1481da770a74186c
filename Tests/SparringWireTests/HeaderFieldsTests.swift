import Testing

@testable import SparringWire

@Suite("Header fields")
struct HeaderFieldsTests {
    @Test(
        "A header is found by name in any case, and the first of a name is returned",
        arguments: [
            ("content-type", "a"), ("Content-Type", "a"), ("CONTENT-TYPE", "a"), ("content-typ", nil),
            ("content-type ", nil), ("content_type", nil), ("X-Long-Name-Of-More-Than-15-Bytes", "c"), ("", nil),
            // These characters differ only in the case bit but are not letters, so the names are different.
            ("@", nil), ("`", "d"),
        ])
    func lookUp(name: String, value: String?) {
        let fields: HeaderFields = [
            "Content-Type": "a", "content-type": "b", "x-long-name-of-more-than-15-bytes": "c", "`": "d",
        ]
        #expect(fields[name] == value)
        #expect(fields.contains(name) == (value != nil))
    }

    @Test("Setting a header replaces all fields of its name, and nil removes them")
    func setting() {
        var fields: HeaderFields = ["A": "1", "b": "2", "a": "3"]
        fields["a"] = "4"
        #expect(fields == ["A": "4", "b": "2"])
        fields["B"] = nil
        fields["c"] = "5"
        #expect(fields == ["A": "4", "c": "5"])
    }
}
