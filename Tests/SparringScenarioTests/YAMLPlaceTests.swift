import Testing

@testable import SparringScenario

@Suite("Places in words")
struct YAMLPlaceTests {
    private static let json =
        #"{"rules":[{"when":{"any":[{"model":"a"}]},"steps":[{"text":"a"},{"error":"429"}]}],"faults":[{"at":"x"}],"load":{"slots":{"a":1}}}"#

    @Test(
        "A place inside a value is described by its step and its key",
        arguments: [
            (#""429""#, "rule 1, step 2, error"), (#"{"error":"429"}"#, "rule 1, step 2"),
            (#""model":"a""#, "rule 1, when.any, item 1, model"), (#""x""#, "fault 1, at"),
            (#"{"a":1}"#, "load.slots"), (#""rules""#, "rules"), (#"[{"at""#, "faults"),
        ])
    func values(text: String, place: String) throws {
        let range = try #require(Self.json.firstRange(of: text))
        let column = Self.json.distance(from: Self.json.startIndex, to: range.lowerBound) + 1
        let root = try #require(YAMLReader(file: "body", origin: .sent).root(of: Self.json))
        #expect(root.place(line: 1, column: column) == place)
    }

    @Test("The place of a block is described as the block, not as its first key")
    func blocks() throws {
        let root = try #require(YAMLReader(file: "body").root(of: "schema: 1\nsteps:\n  - txt: a\n    text: b\n"))
        #expect(root.place(line: 3, column: 5) == "step 1")
        #expect(root.place(line: 4, column: 5) == "step 1, text")
    }

    @Test("The whole text and a place between two nodes have no place in words")
    func outside() throws {
        let root = try #require(YAMLReader(file: "body").root(of: "{}"))
        #expect(root.place(line: 1, column: 1) == nil)
        #expect(root.place(line: 7, column: 1) == nil)
    }
}
