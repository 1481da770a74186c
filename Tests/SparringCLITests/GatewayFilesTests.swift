import SparringConformance
import Testing

@testable import SparringCLI

@Suite("The files of gateway checks")
struct GatewayFilesTests {
    @Test("The built-in gateway cases can be read, have different ids, and number at least forty")
    func builtIn() throws {
        let cases = try GatewayCaseFiles.builtIn()
        #expect(cases.count >= 40)
        #expect(Set(cases.map(\.id)).count == cases.count)
        #expect(cases.allSatisfy { $0.since == "2026.2" && !$0.references.isEmpty })
    }

    @Test("A pattern that names no case is refused with the nearest case")
    func stranger() {
        let error = #expect(throws: CommandError.self) {
            try GatewayCaseFiles.select(["gateway.anwser"], without: [], from: try GatewayCaseFiles.builtIn())
        }
        #expect(error?.text.contains("Did you mean gateway.answer?") == true)
    }
}
