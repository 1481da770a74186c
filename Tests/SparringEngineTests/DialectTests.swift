import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Translation of dialects")
struct DialectTests {
    private static let deployment = "/openai/deployments/gpt-35-turbo/chat/completions?api-version=2024-10-21"

    /// The request in the API's own dialect.
    private static func translated(
        _ target: String, headers: HeaderFields = ["api-key": "sk-sparring-mine"]
    ) -> (dialect: Dialect, request: Request, address: RequestAddress, original: Request?) {
        var request = Request(method: "POST", target: target, headers: headers)
        var address = RequestAddress(request)
        let dialect = Dialect(of: request, at: address.path)
        let original = dialect.translate(&request, &address)
        return (dialect, request, address, original)
    }

    @Test("A request in the API's own dialect and its answer are not translated")
    func own() {
        let (dialect, request, address, original) = Self.translated("/v1/chat/completions")
        #expect(original == nil)
        #expect(address.path == "/v1/chat/completions")
        #expect(request.headers["authorization"] == nil)
        #expect(dialect.error(for: request, at: address.path) == nil)

        var body: JSONValue? = ["model": "gpt-35-turbo"]
        dialect.translate(&body)
        #expect(body == ["model": "gpt-35-turbo"])

        var answer = Answer(status: 200, headers: ["openai-version": "2020-10-01"])
        var ids = IDMint(seed: 1)
        dialect.translate(&answer, to: .chatCompletions, ids: &ids)
        #expect(answer.headers["openai-version"] == "2020-10-01")
        #expect(answer.headers["apim-request-id"] == nil)
        var fresh = IDMint(seed: 1)
        #expect(ids.next() == fresh.next())
    }

    @Test("A request in another dialect gets the API's own path, key and model, and the journal gets the original")
    func arrival() {
        let (dialect, request, address, original) = Self.translated(Self.deployment)
        #expect(original?.headers["authorization"] == nil)
        #expect(original?.target == Self.deployment)
        #expect(address.path == "/v1/chat/completions")
        #expect(request.headers["authorization"] == "Bearer sk-sparring-mine")
        #expect(address.sessionName(model: nil) == "mine")

        var body: JSONValue? = ["messages": []]
        dialect.translate(&body)
        #expect(body?["model"] == "gpt-3.5-turbo")
    }

    @Test("An answer in another dialect has the dialect's header fields instead of the API's")
    func departure() {
        let dialect = Self.translated(Self.deployment).dialect
        var answer = Answer(status: 200, headers: ["openai-version": "2020-10-01"])
        var ids = IDMint(seed: 1)
        dialect.translate(&answer, to: .chatCompletions, ids: &ids)
        #expect(answer.headers["openai-version"] == nil)
        #expect(answer.headers["x-ms-deployment-name"] == "gpt-35-turbo")
    }

    @Test(
        "An operation that the dialect lacks is an error in every session",
        arguments: ["", "/s/mine", "/s/mine/f/cut"])
    func unserved(prefix: String) {
        let target = prefix + "/openai/deployments/gpt-4o/responses?api-version=2024-10-21"
        let (dialect, request, address, _) = Self.translated(target)
        #expect(address.path == "/v1/responses")
        #expect(dialect.error(for: request, at: address.path)?.status == 404)
        #expect(Dialect.address(of: Request(method: "POST", target: target)).path == "/v1/responses")
    }
}
