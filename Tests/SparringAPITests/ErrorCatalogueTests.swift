import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("The error catalogue")
struct ErrorCatalogueTests {
    private static func answer(
        _ name: String?, _ change: (inout ErrorCatalogue.Parameters) -> Void = { _ in }
    ) -> (status: Int, headers: HeaderFields, text: String, error: JSONValue?) {
        var parameters = ErrorCatalogue.Parameters(
            endpoint: .chatCompletions, model: "gpt-4o-mini", promptTokens: 130_000, contextWindow: 128_000)
        change(&parameters)
        let context = AnswerInput(created: 0)
        var ids = IDMint(seed: 1)
        let answer = ErrorCatalogue.answer(named: name, parameters: parameters, context: context, ids: &ids)
        guard case .whole(let bytes) = answer.body else { return (answer.status, answer.headers, "", nil) }
        return (
            answer.status, answer.headers, String(decoding: bytes, as: UTF8.self),
            (try? JSONValue.parse(bytes))?["error"]
        )
    }

    @Test(
        "Every error name is unique and has a failure status, a content type and a body",
        arguments: ErrorCatalogue.names)
    func everyName(name: String) {
        #expect(ErrorCatalogue.names.count { $0 == name } == 1)
        let (status, headers, text, _) = Self.answer(name)
        #expect(400..<600 ~= status)
        #expect(headers["content-type"] != nil)
        #expect(!text.isEmpty)
    }

    @Test(
        "An error object has message, type, param and code, in this order",
        arguments: ErrorCatalogue.names.filter { ErrorCatalogue.inBand(named: $0) != nil })
    func envelope(name: String) {
        #expect(Self.answer(name).error?.object?.names == ["message", "type", "param", "code"])
    }

    @Test(
        "Errors that clients act on have distinct statuses, types and codes",
        arguments: [
            ("rate_limit_exceeded", 429, "requests", "rate_limit_exceeded"),
            ("rate_limit_exceeded_tokens", 429, "tokens", "rate_limit_exceeded"),
            ("insufficient_quota", 429, "insufficient_quota", "insufficient_quota"),
            ("invalid_api_key", 401, "invalid_request_error", "invalid_api_key"),
            ("context_length_exceeded", 400, "invalid_request_error", "context_length_exceeded"),
        ])
    func codes(name: String, status: Int, type: String, code: String) {
        let answer = Self.answer(name)
        #expect(answer.status == status)
        #expect(answer.error?["type"]?.string == type)
        #expect(answer.error?["code"]?.string == code)
    }

    @Test("Error messages contain the model, tokens, context window and limits of the request")
    func numbers() throws {
        let length = try #require(Self.answer("context_length_exceeded").error?["message"]?.string)
        #expect(length.contains("128000") && length.contains("130000"), "\(length)")
        let limited = try #require(
            Self.answer("rate_limit_exceeded") {
                ($0.limit, $0.used, $0.requested) = (60, 60, 1)
            }.error?["message"]?.string)
        #expect(limited.contains("gpt-4o-mini") && limited.contains("Limit 60, Used 60, Requested 1"), "\(limited)")
        #expect(limited.contains("Please try again in 1s."), "\(limited)")
    }

    @Test("The fields of an error in a scenario replace those of the catalogue")
    func overrides() {
        let answer = Self.answer("server_error") {
            ($0.status, $0.type, $0.code, $0.param, $0.message) = (503, "overloaded", "busy", "model", "Later.")
        }
        #expect(answer.status == 503)
        #expect(
            answer.text.contains(#""message":"Later.","type":"overloaded","param":"model","code":"busy""#)
                || answer.error == ["message": "Later.", "type": "overloaded", "param": "model", "code": "busy"])
    }

    @Test(
        "An error without a name has the type that fits its status",
        arguments: [(400, "invalid_request_error"), (503, "server_error")])
    func nameless(status: Int, type: String) {
        #expect(Self.answer(nil) { $0.status = status }.error?["type"]?.string == type)
    }

    @Test("The error page of a gateway is HTML without a request id")
    func pages() {
        let page = Self.answer("bad_gateway")
        #expect(page.status == 502)
        #expect(page.headers["content-type"] == "text/html")
        #expect(page.headers["x-request-id"] == nil)
        #expect(page.error == nil)
        #expect(ErrorCatalogue.inBand(named: "bad_gateway") == nil)
    }
}
