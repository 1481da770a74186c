import Testing

@testable import SparringWire

@Suite("Percent encoding")
struct PercentEncodingTests {
    @Test(
        "Percent decoding decodes valid escapes and leaves the rest",
        arguments: [
            ("", ""), ("a%3Ab", "a:b"), ("%E2%82%ac", "€"), ("100%", "100%"), ("%2", "%2"), ("%+f", "%+f"),
            ("%%41", "%A"),
            ("a+b", "a+b"),
        ])
    func decode(text: String, decoded: String) {
        #expect(PercentEncoding.decode(text[...]) == decoded)
    }

    @Test("In a form, a plus sign is a space and an encoded plus sign is a plus sign")
    func form() {
        #expect(PercentEncoding.decode("a+b%2Bc", isForm: true) == "a b+c")
    }
}

@Suite("Query strings")
struct QueryItemsTests {
    @Test("A query has items, maps and arrays in the notations of clients")
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
