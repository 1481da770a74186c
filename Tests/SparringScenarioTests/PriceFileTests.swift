import SparringAPI
import Testing

@testable import SparringScenario

@Suite("Price files")
struct PriceFileTests {
    @Test("Rows of a price file override the built-in prices, and other prices stay")
    func rows() throws {
        let text =
            "as_of: 2027-01-01\nmodels:\n  gpt-4o: { input: 1, output: 2, cached: 0.5 }\n  'ft:mine': { input: 3 }\n"
        let table = try PriceFile.read(text, file: "p.yaml").get()
        #expect(table["gpt-4o"] == Price(input: 1, cached: 0.5, output: 2))
        #expect(table["ft:mine:acme::1"]?.input == 3)
        #expect(table["gpt-4o-mini"] == PriceTable.builtIn["gpt-4o-mini"])
        #expect(table.asOf?.text == "2027-01-01")
    }

    @Test(
        "A mistake in a price file is reported with its place",
        arguments: [
            ("as_of: soon", "p.yaml:1:8"), ("models: { a: { input: cheap } }", "p.yaml:1:23"),
            ("models: { a: { input: -1 } }", "p.yaml:1:23"), ("model: {}", "p.yaml:1:1"), ("[]", "p.yaml:1:1"),
        ])
    func mistakes(text: String, place: String) {
        guard case .failure(let mistakes) = PriceFile.read(text, file: "p.yaml") else {
            Issue.record("the price file was accepted")
            return
        }
        #expect(mistakes.diagnostics.first?.description.hasPrefix(place) == true)
    }
}
