import SparringAPI
import SparringJSON
import SparringScenario
import Testing

@testable import SparringEngine

@Suite("The batch queue")
struct BatchQueueTests {
    /// The tokens that a line of `BatchServer` is charged: as many tokens as a call.
    private static let line: Int = {
        let body: JSONValue = ["model": "gpt-4o-mini", "messages": [["role": "user", "content": "hello 0"]]]
        return (try? Endpoint.chatCompletions.check(body, models: .builtIn))?.estimatedTokens ?? 0
    }()

    private static func server(limit: Int, sharing: [String: String] = [:]) -> BatchServer {
        let rates = Scenario.Rates(batchQueueTokens: limit)
        return BatchServer(
            BatchOperationTests.plan([.inProgress: .stuck]), lines: 3,
            limits: Scenario.Limits(rates, sharing: sharing))
    }

    private static func status(of batch: JSONValue, _ server: BatchServer) -> JSONValue {
        server.server.send("GET", "/batches/\(batch["id"]?.string ?? "none")").json
    }

    @Test("A batch beyond the queue's token limit fails with token_limit_exceeded")
    func full() {
        #expect(Self.line > 0)
        let server = Self.server(limit: Self.line * 6)
        #expect(server.poll()["status"] == "in_progress")
        #expect(Self.status(of: server.createAgain(), server)["status"] == "in_progress")
        let third = Self.status(of: server.createAgain(), server)
        #expect(third["status"] == "failed")
        let error = third["errors"]?["data"]?[0]
        #expect(error?["code"] == "token_limit_exceeded")
        #expect(error?["line"]?.isNull == true)
        #expect(error?["message"]?.string?.hasPrefix("Enqueued token limit reached for gpt-4o-mini in") == true)
    }

    @Test("The batch queue has room again after a batch has ended")
    func room() {
        let server = Self.server(limit: Self.line * 3)
        #expect(server.poll()["status"] == "in_progress")
        #expect(Self.status(of: server.createAgain(), server)["status"] == "failed")
        _ = server.cancel()
        #expect(server.poll()["status"] == "cancelled")
        #expect(Self.status(of: server.createAgain(), server)["status"] == "in_progress")
    }

    @Test("A batch that is larger than the queue limit fails")
    func tooLarge() {
        let limit = Self.line * 3 - 1
        let message = Self.server(limit: limit).poll()["errors"]?["data"]?[0]?["message"]?.string
        #expect(message?.contains("Limit: \(limit) enqueued tokens.") == true, "\(message ?? "")")
    }

    @Test("The batch queue is unlimited by default")
    func unlimited() {
        let server = BatchServer(BatchOperationTests.plan([.inProgress: .stuck]))
        for _ in 0..<3 { #expect(Self.status(of: server.createAgain(), server)["status"] == "in_progress") }
    }
}
