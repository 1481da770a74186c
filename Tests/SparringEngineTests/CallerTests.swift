import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Keys, organizations and projects")
struct CallerTests {
    private static let accounts = Scenario.Accounts(
        keys: [
            "sk-proj-main-key": .init(organizations: ["org-acme"], projects: ["proj_main"]),
            "sk-proj-side-key": .init(organizations: ["org-acme"], projects: ["proj_side"]),
            "sk-user-key-of-two": .init(
                organizations: ["org-acme", "org-other"], projects: ["proj_main", "proj_side"]),
            "sk-proj-revoked-key": .init(isRevoked: true),
            "sk-proj-read-only": .init(scopes: ["api.model.read"]),
        ],
        projects: ["proj_side": .init(models: ["gpt-4o-mini"], limits: .init(requestsPerMinute: 1))])

    private static func engine(_ accounts: Scenario.Accounts? = accounts) -> Engine {
        var scenario = Scenario(name: "s", otherwise: .auto)
        scenario.accounts = accounts
        return Engine(scenario: scenario, wallClock: { 1_795_232_605 })
    }

    private struct Reply {
        var status: Int
        var text: String
        var headers: [String: String]
        var error: JSONValue?
    }

    private static func ask(
        _ engine: Engine, _ authorization: String, model: String = "gpt-4o", method: String = "POST",
        path: String = "/v1/chat/completions", headers: [(String, String)] = []
    ) throws -> Reply {
        var fields: HeaderFields = ["authorization": authorization]
        for (name, value) in headers { fields.append(name, value) }
        let body = #"{"model":"\#(model)","input":"hi","messages":[{"role":"user","content":"hi"}]}"#
            .replacing(
                path == "/v1/responses" ? #","messages":[{"role":"user","content":"hi"}]"# : #","input":"hi""#, with: ""
            )
        let request = Request(
            method: method, target: path, headers: fields, body: method == "POST" ? Array(body.utf8) : [])
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: Timeline())
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let lines = parts[0].split(separator: "\r\n").dropFirst().map { $0.split(separator: ":", maxSplits: 1) }
        return Reply(
            status: performance.exchange.decision.status, text: text,
            headers: Dictionary(lines.map { (String($0[0]), String($0[1].dropFirst())) }) { first, _ in first },
            error: try JSONValue.parse(Array((parts.count > 1 ? parts[1] : "{}").utf8))["error"])
    }

    @Test(
        "A rejected key gets the reason in the API's words",
        arguments: [
            (
                "Bearer sk-proj-nobodys-key", [], 401, "invalid_api_key",
                "Incorrect API key provided: sk-proj-*******-key. You can find"
            ),
            ("Bearer undefined", [], 401, "invalid_api_key", "Incorrect API key provided: undefined. You can find"),
            ("Bearer sk-proj-revoked-key", [], 401, "invalid_api_key", "Incorrect API key provided: sk-proj-"),
            ("Bearer ", [], 401, nil, "You didn't provide an API key."),
            (
                "Bearer sk-proj-read-only", [], 401, nil,
                "You have insufficient permissions for this operation. Missing scopes: model.request."
            ),
            (
                "Bearer sk-proj-main-key", [("OpenAI-Organization", "org-other")], 401, "mismatched_organization",
                "OpenAI-Organization header should match organization for API key"
            ),
            (
                "Bearer sk-proj-main-key", [("OpenAI-Organization", "org-nobody")], 401, "invalid_organization",
                "No such organization: org-nobody."
            ),
            (
                "Bearer sk-proj-main-key", [("OpenAI-Project", "proj_side")], 401, "mismatched_project",
                "OpenAI-Project header should match project for API key"
            ),
            (
                "Bearer sk-proj-side-key", [], 403, "model_not_found",
                "Project `proj_side` does not have access to model `gpt-4o`"
            ),
        ] as [(String, [(String, String)], Int, String?, String)])
    func refused(key: String, headers: [(String, String)], status: Int, code: String?, message: String) throws {
        let reply = try Self.ask(Self.engine(), key, headers: headers)
        #expect(reply.status == status)
        #expect(reply.error?["code"]?.string == code)
        #expect(reply.error?["type"] == "invalid_request_error")
        #expect(reply.error?["message"]?.string?.hasPrefix(message) ?? false)
        #expect(reply.headers["x-ratelimit-limit-requests"] == nil)
    }

    @Test(
        "An accepted key, as Bearer or as a password, is answered with its organization and project",
        arguments: [
            ("Bearer sk-proj-main-key", [], "org-acme", "proj_main"),
            ("bearer sk-proj-main-key", [("OPENAI-PROJECT", "proj_main")], "org-acme", "proj_main"),
            ("Basic OnNrLXByb2otbWFpbi1rZXk=", [], "org-acme", "proj_main"),
            ("Bearer sk-user-key-of-two", [], "org-acme", "proj_main"),
            ("Bearer sk-user-key-of-two", [("openai-organization", "org-other")], "org-other", "proj_main"),
        ] as [(String, [(String, String)], String, String)])
    func accepted(key: String, headers: [(String, String)], organization: String, project: String) throws {
        let reply = try Self.ask(Self.engine(), key, headers: headers)
        #expect(reply.status == 200)
        #expect(reply.headers["openai-organization"] == organization)
        #expect(reply.headers["openai-project"] == project)
    }

    @Test("Without accounts every key is accepted, with the organization and project of its headers")
    func open() throws {
        let engine = Self.engine(nil)
        let plain = try Self.ask(engine, "Bearer anything at all")
        #expect(plain.headers["openai-organization"] == "sparring-org" && plain.status == 200)
        let named = try Self.ask(
            engine, "x", headers: [("OpenAI-Organization", "org-mine"), ("OpenAI-Project", "proj_mine")])
        #expect(named.headers["openai-organization"] == "org-mine" && named.headers["openai-project"] == "proj_mine")
    }

    @Test("Unlisted keys are accepted when the accounts allow them, and revoked keys are not")
    func unknownKeys() throws {
        var accounts = Self.accounts
        accounts.acceptsUnknownKeys = true
        #expect(try Self.ask(Self.engine(accounts), "Bearer whoever").status == 200)
        #expect(try Self.ask(Self.engine(accounts), "Bearer sk-proj-revoked-key").status == 401)
    }

    @Test("A restricted key may use only the endpoints of its scopes")
    func scopes() throws {
        let engine = Self.engine()
        #expect(try Self.ask(engine, "Bearer sk-proj-read-only", method: "GET", path: "/v1/models").status == 200)
        let reply = try Self.ask(engine, "Bearer sk-proj-read-only", path: "/v1/responses")
        #expect(reply.error?["message"]?.string?.contains("Missing scopes: api.responses.write.") ?? false)
        #expect(reply.error?["code"] == "missing_scope")
        let deletion = try Self.ask(
            engine, "Bearer sk-proj-read-only", method: "DELETE", path: "/v1/models/ft:gpt-4o:a")
        #expect(deletion.error?["message"]?.string?.contains("Missing scopes: api.delete.") ?? false)
    }

    @Test("A project with its own models lists only these, and accepts their snapshots")
    func models() throws {
        let engine = Self.engine()
        let list = try Self.ask(engine, "Bearer sk-proj-side-key", method: "GET", path: "/v1/models")
        #expect(list.text.contains("gpt-4o-mini") && !list.text.contains("gpt-4.1"))
        let unknown = try Self.ask(engine, "Bearer sk-proj-side-key", method: "GET", path: "/v1/models/gpt-4o")
        #expect(unknown.status == 404)
        #expect(try Self.ask(engine, "Bearer sk-proj-side-key", model: "gpt-4o-mini-2024-07-18").status == 200)
    }

    @Test("A project's own limit is reported in its name, with rate headers on chat only")
    func projectLimit() throws {
        for (path, remaining) in [("/v1/chat/completions", "0"), ("/v1/responses", nil)] {
            let engine = Self.engine()
            func ask() throws -> Reply {
                try Self.ask(engine, "Bearer sk-proj-side-key", model: "gpt-4o-mini", path: path)
            }
            #expect(try ask().headers["x-ratelimit-remaining-requests"] == "0")
            let reply = try ask()
            #expect(reply.status == 429)
            #expect(
                reply.error?["message"]?.string?.hasPrefix(
                    "Rate limit reached for gpt-4o-mini in project proj_side organization org-acme on requests per min "
                        + "(RPM): Limit 1, Used 1, Requested 1. Please try again in 1m0s.") ?? false)
            #expect(reply.headers["x-ratelimit-remaining-requests"] == remaining)
            #expect(reply.headers["retry-after"] == "60")
        }
    }

    @Test("Invalid parameters cost a request, while an unknown model or a wrong key costs nothing")
    func charges() throws {
        var scenario = Scenario(name: "s", limits: .init(requestsPerMinute: 2), otherwise: .auto)
        scenario.accounts = Self.accounts
        let engine = Engine(scenario: scenario, wallClock: { 1_795_232_605 })
        let key = "Bearer sk-proj-main-key"
        #expect(try Self.ask(engine, key, model: "gpt-4o-mni").status == 404)
        #expect(try Self.ask(engine, "Bearer wrong").status == 401)
        #expect(
            try Self.ask(engine, key, path: "/v1/chat/completions").headers["x-ratelimit-remaining-requests"] == "1")
        let wrong = Request(
            method: "POST", target: "/v1/chat/completions", headers: ["authorization": key],
            body: Array(#"{"model":"gpt-4o","n":0,"messages":[{"role":"user","content":"hi"}]}"#.utf8))
        let performance = engine.respond(to: wrong, connection: 1, now: Moment(nanoseconds: 0))
        #expect(String(decoding: performance.script.bytes, as: UTF8.self).contains("x-ratelimit-remaining-requests: 0"))
        #expect(try Self.ask(engine, key).status == 429)
    }
}
