import Testing

@testable import SparringAPI

@Suite("The router")
struct RouterTests {
    @Test(
        "The router finds every endpoint and ignores extra slashes",
        arguments: [
            ("POST", "/v1/chat/completions", Route.endpoint(.chatCompletions, parameters: [:])),
            ("POST", "/v1/chat/completions/", .endpoint(.chatCompletions, parameters: [:])),
            ("POST", "//v1//chat//completions", .endpoint(.chatCompletions, parameters: [:])),
            ("POST", "/v1/responses", .endpoint(.responses, parameters: [:])),
            ("POST", "/v1/embeddings", .endpoint(.embeddings, parameters: [:])),
            ("GET", "/v1/chat/completions", .endpoint(.storedCompletions, parameters: [:])),
            (
                "GET", "/v1/chat/completions/c/messages",
                .endpoint(.storedCompletionMessages, parameters: ["completion_id": "c"])
            ),
            ("GET", "/v1/models", .endpoint(.models, parameters: [:])),
            ("HEAD", "/v1/models/", .endpoint(.models, parameters: [:])),
            ("GET", "/v1/models/gpt-4o", .endpoint(.model, parameters: ["model": "gpt-4o"])),
            ("GET", "/v1/models/ft%3Agpt-4o%3Aacme", .endpoint(.model, parameters: ["model": "ft:gpt-4o:acme"])),
            ("GET", "/v1/models/100%", .endpoint(.model, parameters: ["model": "100%"])),
            ("GET", "/v1/models/a%2", .endpoint(.model, parameters: ["model": "a%2"])),
            ("GET", "/v1/models/a%+f", .endpoint(.model, parameters: ["model": "a%+f"])),
            ("GET", "/v1/models/%E2%82%AC", .endpoint(.model, parameters: ["model": "€"])),
            // SQLite ends a text at a NUL character.
            ("GET", "/v1/models/a%00b", .endpoint(.model, parameters: ["model": "a\u{FFFD}b"])),
            ("OPTIONS", "/anything", .preflight),
            ("DELETE", "/v1/models/ft:gpt-4o:acme", .endpoint(.modelDeletion, parameters: ["model": "ft:gpt-4o:acme"])),
        ])
    func routes(method: String, path: String, route: Route) {
        #expect(Router.route(method: method, path: path[...]) == route)
    }

    @Test(
        "The router rejects the same requests as the API, in the API's words",
        arguments: [
            ("PUT", "/v1/chat/completions", 405, "Not allowed to PUT on /v1/chat/completions."),
            ("POST", "/v1/models", 405, "Not allowed to POST on /v1/models."),
            ("DELETE", "/v1/embeddings", 405, "Not allowed to DELETE on /v1/embeddings."),
            ("POST", "/v1/chat", 404, "Invalid URL (POST /v1/chat)"), ("GET", "/", 404, "Invalid URL (GET /)"),
            ("POST", "/chat/completions", 404, "Invalid URL (POST /chat/completions)"),
            ("GET", "/v1/models/a/b", 404, "Invalid URL (GET /v1/models/a/b)"),
        ])
    func refusals(method: String, path: String, status: Int, message: String) {
        switch Router.route(method: method, path: path[...]) {
        case .wrongMethod(let error), .unknown(let error):
            #expect(error.status == status)
            #expect(error.message.hasPrefix(message))
        case .endpoint, .preflight: Issue.record("\(method) \(path) was routed")
        }
    }

    @Test("The router has one operation for each method and path")
    func distinct() {
        let places = Endpoint.allCases.map { "\($0.operation.method) \($0.operation.path)" }
        #expect(Set(places).count == places.count)
    }
}
