import Testing

@testable import SparringWire

@Suite("Percent encoding")
struct PercentEncodingTests {
    @Test(
        "decodes what is encoded and leaves the rest",
        arguments: [
            ("", ""), ("a%3Ab", "a:b"), ("%E2%82%ac", "€"), ("100%", "100%"), ("%2", "%2"), ("%+f", "%+f"),
            ("%%41", "%A"),
            ("a+b", "a+b"),
        ])
    func decode(text: String, decoded: String) {
        #expect(PercentEncoding.decode(text[...]) == decoded)
    }

    @Test("in a form, a plus is a space and an encoded plus is one")
    func form() {
        #expect(PercentEncoding.decode("a+b%2Bc", isForm: true) == "a b+c")
    }
}
