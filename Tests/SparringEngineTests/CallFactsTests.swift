import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Facts about the head of a call")
struct CallFactsTests {
    @Test("The facts are read once, and again if a field has changed")
    func once() {
        var request = Request(
            method: "POST", target: "/s/red/v1/files",
            headers: ["Authorization": "Bearer sk-sparring-blue", "OpenAI-Project": "", "OpenAI-Organization": "org-1"])
        let facts = request.call
        #expect(facts.address.name == "red" && facts.address.keyName == "blue" && facts.address.path == "/v1/files")
        #expect(facts.organization == "org-1" && facts.project == nil && facts.validation == nil)
        #expect(facts.keepsAlive && !facts.asksForSocket && !facts.mayOrderFaults)
        #expect(request.call === facts)
        request.headers["connection"] = "close"
        #expect(!request.call.keepsAlive)
    }

    @Test(
        "A head may order faults by its path or by its field",
        arguments: [
            ("/f/reset/v1/models", nil, true), ("/s/red/f/reset/v1/models", nil, true), ("/v1/models", "reset", true),
            ("/v1/models", nil, false), ("/s/f/v1/models", nil, false),
        ] as [(String, String?, Bool)])
    func faults(target: String, field: String?, expected: Bool) {
        var request = Request(method: "GET", target: target)
        request.headers["x-sparring-fault"] = field
        #expect(request.call.mayOrderFaults == expected)
    }

    @Test(
        "Calls of models need no store, responses need a shared one, and objects need any",
        arguments: [
            ("/v1/chat/completions", .never), ("/v1/models", .never), ("/v1/embeddings", .never),
            ("/v1/evals", .always),
            ("/v1/responses", .ifShared), ("/v1/conversations", .never), ("/v1/containers", .always),
            ("/s/red/v1/files", .always), ("/openai/v1/files?api-version=preview", .always), ("/v1/", .never),
        ] as [(String, CallFacts.StorageUse)])
    func storage(target: String, expected: CallFacts.StorageUse) {
        #expect(Request(method: "GET", target: target).call.storage == expected)
    }
}
