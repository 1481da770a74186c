import SparringExchange
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Requests that the script of a case does not answer")
struct EvasionTests {
    private static func task(_ operation: CaseTask.Operation, text: Expectation.Text? = nil) -> Case {
        var subject = Case.of(Expectation(exit: .zero, text: text))
        subject.task = CaseTask(operation: operation, texts: ["1", "2", "3"])
        return subject
    }

    @Test(
        "A client that divides its texts is not observed where the answer has the vectors of all",
        arguments: [
            (#""1""#, true), (#"["1"]"#, true), (#"[1, 2, 3]"#, true), (#"["1", "2"]"#, true),
            (#"["1", "2", "3"]"#, false), (#"[[1], [2], [3]]"#, false),
        ])
    func texts(input: String, isEvasion: Bool) {
        let part = Sight.Attempt(
            came: 0, left: 1, body: #"{"input":\#(input)}"#, endpoint: "embeddings", step: "step 1")
        let last = Sight.Attempt(came: 2, left: 3, body: #"{"input":"3"}"#, endpoint: "embeddings", step: "step 1")
        let sight = Sight.of([part, last])
        #expect((sight.evasion(of: Self.task(.embeddings, text: "1/4")) != nil) == isEvasion)
        // A case about a refusal is decided by the requests that are made.
        #expect(sight.evasion(of: Self.task(.embeddings)) == nil)
    }

    @Test("A client that polls only with the list of batches is not observed")
    func lists() {
        func evasion(_ endpoints: String...) -> String? {
            Sight.of(endpoints.map { Sight.Attempt(came: 0, left: 1, endpoint: $0) }).evasion(of: Self.task(.batch))
        }
        #expect(evasion("batches.create", "batches.list") != nil)
        #expect(evasion("batches.create", "batches.list", "batches.retrieve") == nil)
        #expect(evasion("batches.create", "batches.retrieve") == nil)
        #expect(evasion("batches.create") == nil)
    }

    @Test("Uploads do not show how a client reads a file")
    func downloads() {
        func evasion(_ endpoint: String) -> String? {
            Sight.of([.init(came: 0, left: 1, endpoint: endpoint)]).evasion(of: Self.task(.download))
        }
        #expect(evasion("files.create") == "no request was for the content of a file")
        #expect(evasion("files.content") == nil)
    }

    @Test("A client that has its texts moderated one by one is not observed, except where no check succeeds")
    func moderations() {
        let one = Sight.Attempt(came: 0, left: 1, body: #"{"input":"1"}"#, endpoint: "moderations", step: "step 1")
        #expect(Sight.of([one, one, one]).evasion(of: Self.task(.moderation)) != nil)
        var failed = Sight.of([one])
        failed.exchanges[0].decision.status = 500
        #expect(failed.evasion(of: Self.task(.moderation)) == nil)
        let all = Sight.Attempt(came: 0, left: 1, body: #"{"input":["1","2","3"]}"#, endpoint: "moderations")
        #expect(Sight.of([all]).evasion(of: Self.task(.moderation)) == nil)
    }
}
