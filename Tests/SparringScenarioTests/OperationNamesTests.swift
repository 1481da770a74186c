import SparringAPI
import Testing

@testable import SparringScenario

@Suite("Names of operations in scenarios")
struct OperationNamesTests {
    @Test(
        "An operation has the name of its endpoint, or that of the client's method",
        arguments: [
            ("chat.completions", "chat.completions"), ("chat.completions.create", "chat.completions"),
            ("models.list", "models"), ("images.generate", "images.generate"),
            ("beta.threads.runs.create", "beta.threads.runs.create"), ("images.generat", nil), ("", nil),
        ] as [(String, String?)])
    func canonical(name: String, known: String?) { #expect(OperationNames.canonical(name) == known) }

    @Test("An unknown name gets the three nearest ones")
    func nearest() {
        #expect(OperationNames.nearest(to: "images.generat").first == "images.generate")
        #expect(OperationNames.nearest(to: "generate").first == "images.generate")
        #expect(OperationNames.nearest(to: "images.generat").count == 3)
    }

    @Test("Each canonical name in rules resolves to itself")
    func all() {
        for name in OperationNames.all() { #expect(OperationNames.canonical(name) == name) }
    }
}
