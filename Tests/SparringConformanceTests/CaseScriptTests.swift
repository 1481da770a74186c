import SparringAPI
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The script of a case")
struct CaseScriptTests {
    private static func script(_ operation: CaseTask.Operation, since: String = "2026.2") -> Scenario {
        Case(
            id: "a.b", since: since, title: "", why: "", references: [], needs: [], level: .must,
            task: CaseTask(operation: operation), scenario: Scenario(name: "s"), expectation: Expectation(),
            timeout: nil, mayWait: false, isExclusive: false, line: 0
        ).script(session: "7f3a", elsewhere: "http://localhost/v1")
    }

    @Test(
        "The script of a conversation leaves out calls beside it, but no conversation",
        arguments: CaseTask.Operation.allCases.filter(\.isConversation))
    func conversations(operation: CaseTask.Operation) {
        let left = Self.script(operation).unscripted
        #expect(left.isSuperset(of: [.embeddings, .moderations, .transcriptions, .speech]))
        #expect(left.isDisjoint(with: [.chatCompletions, .responses, .completions, .fileCreation, .models]))
    }

    @Test("The script of another operation, or of a user's case, leaves out nothing")
    func others() {
        for operation in CaseTask.Operation.allCases.filter({ !$0.isConversation }) {
            #expect(Self.script(operation).unscripted.isEmpty, "\(operation)")
        }
        #expect(Self.script(.chat, since: "").unscripted.isEmpty)
    }
}
