import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The Azure dialect")
struct AzureDialectTests {
    private static let version = "?api-version=2024-10-21"
    private static let hi = #"{"messages":[{"role":"user","content":"hi"}]}"#

    private struct Reply {
        var exchange: Exchange
        var head: String
        var text: String
        var json: JSONValue { (try? JSONValue.parse(text)) ?? .null }

        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ": ") }
                .map { String($0.dropFirst(name.utf8.count + 2)) }
        }
    }

    private static func ask(
        _ path: String, _ body: String = hi, headers: HeaderFields = ["api-key": "x"], method: String = "POST",
        scenario: Scenario = .auto, times: Int = 1
    ) -> Reply {
        let engine = Engine(scenario: scenario, wallClock: { 1_795_232_605 })
        let request = Request(method: method, target: path, headers: headers, body: Array(body.utf8))
        var performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        for _ in 1..<max(times, 2) where times > 1 {
            performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        }
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        let parts = text.firstRange(of: "\r\n\r\n")
        return Reply(
            exchange: performance.exchange, head: String(text[..<(parts?.lowerBound ?? text.endIndex)]),
            text: String(text[(parts?.upperBound ?? text.endIndex)...]))
    }

    @Test(
        "An Azure deployment is a model, by either path",
        arguments: [
            ("/openai/deployments/gpt-4o-mini/chat/completions\(version)", hi, "gpt-4o-mini-2024-07-18"),
            ("/openai/deployments/gpt-35-turbo/chat/completions\(version)-preview", hi, "gpt-3.5-turbo-0125"),
            (
                "/openai/v1/chat/completions", #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#,
                "gpt-4o-2024-08-06"
            ),
            ("/s/mine/openai/deployments/gpt-4o-mini/chat/completions\(version)", hi, "gpt-4o-mini-2024-07-18"),
        ])
    func deployments(path: String, body: String, model: String) {
        // Some of these models are shut down, so the session is lenient. The test is only about the names of models.
        let reply = Self.ask(path, body, headers: ["api-key": "x", "x-sparring-validation": "lenient"])
        #expect(reply.exchange.decision.status == 200)
        #expect(reply.json["model"]?.string == model)
        #expect(reply.exchange.decision.endpoint == "chat.completions")
        #expect(reply.exchange.request.target == path)
    }

    @Test("An Azure answer has content filter results and Azure's headers")
    func answers() {
        let reply = Self.ask(
            "/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)",
            headers: ["api-key": "x", "x-ms-client-request-id": "mine"])
        #expect(reply.json["prompt_filter_results"]?[0]?["content_filter_results"]?["jailbreak"]?["detected"] == false)
        #expect(reply.json["choices"]?[0]?["content_filter_results"]?["violence"]?["severity"] == "safe")
        #expect(reply.header("x-ms-client-request-id") == "mine")
        #expect(reply.header("x-ms-deployment-name") == "gpt-4o-mini")
        #expect(reply.header("apim-request-id") == reply.exchange.decision.requestID)
        #expect(reply.header("openai-organization") == nil)
        #expect(reply.header("x-ratelimit-reset-requests").flatMap { Int($0) } != nil)
    }

    @Test("An Azure answer of a model that reasons names its logprobs, and its reasoning has no content")
    func reasoning() {
        let chat = Self.ask(
            "/openai/v1/chat/completions", #"{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(chat.json["choices"]?[0]?["logprobs"] == .null)
        let response = Self.ask("/openai/v1/responses", #"{"model":"gpt-5-mini","input":"hi"}"#)
        #expect(response.json["output"]?[0]?["type"] == "reasoning")
        #expect(response.json["output"]?[0]?.object?.names == ["id", "type", "summary"])
    }

    @Test("An Azure stream starts with the filter results of the prompt")
    func streams() {
        let reply = Self.ask(
            "/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)",
            #"{"stream":true,"messages":[{"role":"user","content":"hi"}]}"#)
        let events = reply.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: {") }
            .compactMap { try? JSONValue.parse(String($0.dropFirst(6))) }
        #expect(events.first?["choices"] == [])
        #expect(events.first?["prompt_filter_results"]?[0]?["prompt_index"] == 0)
        #expect(events.dropFirst().first?["choices"]?[0]?["content_filter_results"] == [:])
        #expect(events.contains { $0["choices"]?[0]?["content_filter_results"]?["hate"]?["filtered"] == false })
        #expect(reply.text.contains("data: [DONE]"))
    }

    @Test(
        "A path or version that Azure does not have gets 404 \"Resource not found\"",
        arguments: [
            "/openai/deployments/gpt-4o-mini/chat/completions", "/openai/deployments/gpt-4o-mini/responses\(version)",
            "/openai/deployments/gpt-4o-mini/chat/completions?api-version=soon", "/openai/nothing\(version)",
            "/openai/v1/nothing", "/openai/deployments//chat/completions\(version)", "/openai/deployments/a\(version)",
            "/chat/completions", "/deployments/gpt-4o-mini/chat/completions\(version)",
            "/openai/v1/organization/projects", "/openai/v1/agents/sessions", "/openai/v1/images/variations",
            "/openai/v1/audio/voices", "/openai/moderations\(version)", "/openai/evals",
        ])
    func notFound(path: String) {
        let reply = Self.ask(path)
        #expect(reply.exchange.decision.status == 404)
        #expect(reply.json.text() == #"{"error":{"code":"404","message":"Resource not found"}}"#)
    }

    @Test(
        "Collections that Azure has are served under both of its paths, with Azure's headers",
        arguments: ["/openai/v1/containers", "/openai/containers\(version)"])
    func collections(path: String) {
        let reply = Self.ask(path, #"{"name":"sandbox"}"#)
        #expect(reply.exchange.decision.status == 200)
        #expect(reply.json["name"] == "sandbox")
        #expect(reply.header("apim-request-id") != nil)
    }

    @Test("An unknown Azure deployment gets 404, and a missing key 401")
    func refusals() {
        let path = "/openai/deployments/nobody/chat/completions\(Self.version)"
        var strict = Scenario.auto
        strict.modelPolicy = .strict
        #expect(Self.ask(path, scenario: strict).json["error"]?["code"] == "DeploymentNotFound")
        #expect(Self.ask(path, scenario: strict).exchange.decision.status == 404)
        let denied = Self.ask(path, headers: [:])
        #expect(denied.exchange.decision.status == 401)
        #expect(denied.json["error"]?["code"] == "401")
        let entra = Self.ask(path, headers: ["authorization": "Bearer entra"], scenario: strict)
        #expect(entra.exchange.decision.status == 404)
    }

    @Test("An Azure key names the session")
    func sessions() {
        let reply = Self.ask(
            "/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)",
            headers: ["api-key": "sk-sparring-mine"])
        #expect(reply.exchange.session == "mine")
    }

    @Test("An exceeded Azure limit gets Azure's message and both retry headers")
    func limits() throws {
        let scenario = try ScenarioLoader.load(
            text: "schema: 1\nscenario: a\nlimits: { requests_per_minute: 2 }\notherwise: auto\n", file: "a",
            errors: .api
        ).get()
        let reply = Self.ask(
            "/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)", scenario: scenario, times: 4)
        #expect(reply.exchange.decision.status == 429)
        let message = reply.json["error"]?["message"]?.string ?? ""
        #expect(
            message.hasPrefix(
                "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have"))
        #expect(message.contains("exceeded call rate limit"))
        let seconds = reply.header("retry-after").flatMap { Int($0) }
        #expect(seconds != nil)
        #expect(reply.header("retry-after-ms") != nil)
    }

    @Test(
        "An argument that a deployment's chat does not have is refused in Azure's words, and its members in the API's",
        arguments: [
            ("/openai/deployments/gpt-4o-mini/chat/completions\(version)", #""data_sources":[]"#, true),
            ("/openai/deployments/gpt-4o-mini/chat/completions\(version)", #""stream_options":{"x":1}"#, false),
            ("/openai/v1/chat/completions", #""model":"gpt-4o-mini","data_sources":[]"#, false),
        ])
    func unrecognized(path: String, member: String, isAzures: Bool) {
        let reply = Self.ask(path, #"{\#(member),"stream":true,"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(reply.exchange.decision.status == 400)
        let error = reply.json["error"]
        #expect(error?["type"] == "invalid_request_error")
        #expect((error?["message"] == "Unrecognized request argument supplied: data_sources") == isAzures)
        #expect(error?["code"] == (isAzures ? .null : "unknown_parameter"))
        #expect((error?["param"] == .null) == isAzures)
    }

    @Test("A lenient session ignores data_sources")
    func lenientDataSources() {
        let body = #"{"data_sources":[{"type":"azure_search"}],"messages":[{"role":"user","content":"hi"}]}"#
        let reply = Self.ask(
            "/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)", body,
            headers: ["api-key": "x", "x-sparring-validation": "lenient"])
        #expect(reply.exchange.decision.status == 200)
    }

    @Test("A scripted invalid_prompt on Azure names the filter")
    func filtered() throws {
        let scenario = try ScenarioLoader.load(
            text: "schema: 1\nscenario: a\nsteps: [ { error: invalid_prompt } ]\n", file: "a", errors: .api
        ).get()
        let reply = Self.ask("/openai/deployments/gpt-4o-mini/chat/completions\(Self.version)", scenario: scenario)
        #expect(reply.json["error"]?["code"] == "content_filter")
        #expect(reply.json["error"]?["innererror"]?["content_filter_result"]?["violence"]?["filtered"] == true)
    }
}
