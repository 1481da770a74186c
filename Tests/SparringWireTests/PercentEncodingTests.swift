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

@Suite("A query")
struct QueryItemsTests {
    @Test("has items, maps and arrays as clients write them")
    func shapes() {
        let query = QueryItems(
            target: "/x?limit=3&metadata%5Bk%5D=v+1&metadata[]=&include[]=a&include%5B%5D=b&include=c&empty")
        #expect(query["limit"] == "3")
        #expect(query["empty"] == "")
        #expect(query["nope"] == nil)
        #expect(query.members(of: "metadata").map { "\($0.name)=\($0.value)" } == ["k=v 1", "="])
        #expect(query.elements(of: "include") == ["a", "b", "c"])
    }
}
