import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Requests that the API accepts or rejects")
struct APIStrictnessTests {
    private static func check(_ endpoint: Endpoint, _ text: String) throws -> any CheckedCall {
        try endpoint.check(try JSONValue.parse(Array(text.utf8)), models: .builtIn)
    }

    private static func error(_ endpoint: Endpoint, _ text: String) throws -> APIError {
        try #require(throws: APIError.self) { try check(endpoint, text) }
    }

    private static let chat = #""model":"gpt-4o","messages":[{"role":"user","content":"hi"}]"#
    private static let strict =
        #"{"type":"object","properties":{"unit":{"type":"string","default":"celsius"}},"required":["unit"],"additionalProperties":false}"#
    private static let window =
        #""model":"gpt-4o","input":"hi","background":true,"background_options":{"completion_window":"8h"}"#
    private static let long = String(repeating: "x", count: 15_664)
    /// A transparent PNG of one pixel.
    private static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

    @Test(
        "The checks accept a request that the API accepts",
        arguments: [
            (
                Endpoint.chatCompletions,
                #"{\#(chat),"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":\#(strict)}}]}"#
            ),
            (
                .chatCompletions,
                #"{\#(chat),"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":\#(strict)}}}"#
            ),
            (
                .responses,
                #"{"model":"gpt-4o","input":"hi","text":{"format":{"type":"json_schema","name":"s","strict":true,"schema":\#(strict)}}}"#
            ),
            (
                .chatCompletions,
                #"{\#(chat),"tools":[{"type":"function","function":{"name":"f","description":"\#(long)"}}]}"#
            ),
            (.chatCompletions, #"{\#(chat),"prompt_cache_options":{"prewarm":true,"comparison_response_id":null}}"#),
            (.responses, #"{"model":"gpt-5.1","input":"hi","temperature":0.7,"top_p":0.5}"#),
            (.responses, #"{"model":"gpt-5.4","input":"hi","reasoning":{"effort":"none"},"temperature":0}"#),
            (.responses, #"{"prompt":{"id":"pmpt_1","version":"2","variables":{"name":"Ann"}}}"#),
            (.responses, #"{"prompt":{"id":"pmpt_1"},"model":"gpt-4o","input":"hi"}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","access_programs":{"cyber":"standard"}}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","personality":"friendly"}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","image":{"context_compression":"auto"}}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","service_tier":"ultrafast"}"#),
            (
                .responses,
                #"{"model":"gpt-4o","input":"hi","background":true,"background_options":{"completion_window":"2h"}}"#
            ),
            (.responses, #"{\#(window),"stream":false,"service_tier":"default"}"#),
            (.responses, #"{"model":"gpt-4o","input":"hi","prompt_cache_options":{"prewarm":true}}"#),
            (
                .responses,
                #"{"model":"gpt-5","input":[{"role":"user","content":"hi"},{"type":"configuration_update","reasoning":{"effort":"low"}}]}"#
            ),
            (.embeddings, #"{"model":"text-embedding-ada-002","input":""}"#),
            (.embeddings, #"{"model":"text-embedding-ada-002","input":["","a"]}"#),
        ])
    func taken(endpoint: Endpoint, body: String) throws {
        _ = try Self.check(endpoint, body)
    }

    @Test(
        "The checks reject a request that the API rejects",
        arguments: [
            (Endpoint.responses, #"{"model":"gpt-5","input":"hi","temperature":0.7}"#, "temperature"),
            (
                .responses, #"{"model":"gpt-5.1","input":"hi","temperature":0.7,"reasoning":{"effort":"low"}}"#,
                "temperature"
            ),
            (
                .responses, #"{"model":"gpt-5.6-sol","input":"hi","temperature":0,"reasoning":{"effort":"none"}}"#,
                "temperature"
            ),
            (.responses, #"{"model":"gpt-4o","input":"hi","personality":7}"#, "personality"),
            (.responses, #"{"model":"gpt-4o","input":"hi","access_programs":{"cyber":"x"}}"#, "access_programs.cyber"),
            (.responses, #"{"model":"gpt-4o","input":"hi","background_options":{}}"#, "background_options"),
            (.responses, #"{\#(window),"stream":true}"#, "background_options.completion_window"),
            (.responses, #"{\#(window),"service_tier":"flex"}"#, "background_options.completion_window"),
            (.responses, #"{"prompt":{"id":"x"},"model":"gpt-4o","input":"hi"}"#, nil),
            (.embeddings, #"{"model":"text-embedding-3-small","input":""}"#, nil),
            (.embeddings, #"{"model":"text-embedding-3-small","input":[100258]}"#, nil),
        ] as [(Endpoint, String, String?)])
    func refused(endpoint: Endpoint, body: String, param: String?) throws {
        #expect(try Self.error(endpoint, body).param == param)
    }

    @Test("An empty text has one token in text-embedding-ada-002")
    func empty() throws {
        let call = try Self.check(.embeddings, #"{"model":"text-embedding-ada-002","input":""}"#)
        #expect(call.promptTokens == 1)
    }

    @Test("An error about a token beyond the vocabulary names it", arguments: ["[12345, 123456]", "[[5], [100258]]"])
    func tokens(prompt: String) throws {
        let body = #"{"model":"gpt-3.5-turbo-instruct","prompt":\#(prompt)}"#
        let error = try Self.error(.completions, body)
        let token = prompt.contains("123456") ? 123_456 : 100_258
        #expect(error.status == 400 && error.param == nil && error.code == nil)
        #expect(
            error.message
                == "Invalid token in prompt: \(token). Minimum value is 0, maximum value is 100257 (inclusive).")
        _ = try Self.check(.completions, #"{"model":"gpt-3.5-turbo-instruct","prompt":[100257]}"#)
    }

    @Test(
        "An image that is sent as data is rejected if it is not an image",
        arguments: [
            ("image/png", png, true), ("image/jpeg", png, true), ("image/png", "bm90X2ltYWdlX2RhdGE=", false),
            ("image/png", "iVBORw0KGgo=", false), ("image/gif", "R0lGODlhAAAAAA==", false),
            ("image/gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", true),
            ("image/webp", "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", true),
            ("image/jpeg", "/9j/4AAQSkZJRgABAQEASABIAAD/2wBD", true), ("image/jpeg", "/9j/", false),
        ])
    func pictures(type: String, data: String, isTaken: Bool) throws {
        let url = "data:\(type);base64,\(data)"
        let chat =
            #"{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}}]}]}"#
        let response =
            #"{"model":"gpt-4o","input":[{"role":"user","content":[{"type":"input_image","image_url":"\#(url)"}]}]}"#
        guard !isTaken else {
            _ = try Self.check(.chatCompletions, chat)
            _ = try Self.check(.responses, response)
            return
        }
        #expect(try Self.error(.chatCompletions, chat).code == "invalid_image_format")
        #expect(try Self.error(.responses, response).code == "invalid_value")
    }

    @Test("A message name that equals its role costs one token less")
    func names() throws {
        func tokens(_ name: String) throws -> Int {
            let body = #"{"model":"gpt-4o","messages":[{"role":"user","name":"\#(name)","content":"hi"}]}"#
            return try Self.check(.chatCompletions, body).promptTokens
        }
        #expect(try tokens("user") + 1 == tokens("anne"))
    }

    @Test("A configuration update replaces the request's parameters")
    func updates() throws {
        let body =
            #"{"model":"gpt-5.1","reasoning":{"effort":"high"},"input":[{"role":"user","content":"hi"},{"type":"configuration_update","reasoning":{"effort":"none"}}]}"#
        let request = try #require(try Self.check(.responses, body) as? ResponsesRequest)
        #expect(request.echo.effort == "none")
        #expect(!request.emitsReasoning)
    }
}
