import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

/// Tests that a scenario applies to every operation of the API, whether it is emulated or not, served or
/// shut down.
@Suite("Scenarios over every operation of the document")
struct WholeDocumentTests {
    private static let document = OpenAPIDocument.builtIn

    /// The smallest request for an operation.
    private static func request(_ operation: APIOperation) -> Request {
        let path = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "x_1" : $0 }.joined(separator: "/")
        let body = document.description(of: operation).body
        if body?.contentType == "multipart/form-data", let endpoint = operation.endpoint, endpoint.kind == .model {
            return form(to: "/" + path, endpoint)
        }
        var value = body.flatMap { $0.contentType == "application/json" ? document.example(of: $0.schema) : nil }
        // The document allows any text here, but the API does not.
        if case .object(var object)? = value, object["voice"] != nil {
            object["voice"] = "alloy"
            value = .object(object)
        }
        return Request(
            method: operation.method, target: "/" + path,
            headers: ["authorization": "Bearer x", "content-type": "application/json"],
            body: value.map { $0.serialized() } ?? [])
    }

    /// A call of a model with a file: one second of audio, or an image.
    private static func form(to target: String, _ endpoint: Endpoint) -> Request {
        let model = endpoint.operation.call.map { $0.exampleModel(for: endpoint) } ?? ""
        let fields = [("model", model), ("prompt", "x")].map { name, value in
            "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }.joined()
        let (name, file) = endpoint.makesImages ? ("image", "a.png") : ("file", "a.wav")
        let head = "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(file)\"\r\n\r\n"
        return Request(
            method: "POST", target: target,
            headers: ["authorization": "Bearer x", "content-type": "multipart/form-data; boundary=XX"],
            body: Array((fields + head).utf8) + AudioOperationTests.wav + Array("\r\n--XX--".utf8))
    }

    private static func engine(_ yaml: String) throws -> Engine {
        let scenario = try ScenarioLoader.load(text: yaml, file: "s.yaml", errors: .api).get()
        return Engine(scenario: scenario, validation: .examples, wallClock: { 1_795_232_605 })
    }

    private static func ask(_ engine: Engine, _ operation: APIOperation) -> PlannedExchange {
        engine.respond(to: request(operation), connection: 1, now: Moment(nanoseconds: 0))
    }

    @Test("A rule that answers every request with 429 answers every operation with 429")
    func everythingFails() throws {
        let engine = try Self.engine(
            """
            schema: 1
            scenario: full
            rules:
              - when: { endpoint: { glob: "*" } }
                then: last
                steps: [{ error: rate_limit_exceeded }]
            """)
        for operation in Self.document.operations {
            let decision = Self.ask(engine, operation).exchange.decision
            #expect(decision.status == 429, "\(operation.name): \(decision.status)")
            #expect(decision.endpoint == operation.endpoint?.rawValue ?? operation.name)
        }
    }

    @Test("A rule without a condition whose steps only fail answers every operation that is not emulated")
    func unconditional() throws {
        let engine = try Self.engine(
            "schema: 1\nscenario: down\nthen: last\nsteps: [{ error: server_error }]")
        for operation in Self.document.operations where operation.endpoint == nil {
            #expect(Self.ask(engine, operation).exchange.decision.status == 500, "\(operation.name)")
        }
    }

    @Test("A rule that scripts model output is not used up by operations that call no model")
    func words() throws {
        let engine = try Self.engine("schema: 1\nscenario: talk\nsteps: [{ text: Hi }]")
        let stores = try #require(Self.document.operation(named: "vector_stores.list"))
        #expect(Self.ask(engine, stores).exchange.decision.status == 200)
        let chat = try #require(Self.document.operation(named: "chat.completions.create"))
        #expect(String(decoding: Self.ask(engine, chat).script.bytes, as: UTF8.self).contains("Hi"))
    }

    @Test("A reset at the head of every answer applies to every operation")
    func resets() throws {
        let engine = try Self.engine(
            """
            schema: 1
            scenario: resets
            rules:
              - when: { endpoint: { glob: "*" } }
                then: last
                steps: [{ auto: true, faults: [reset at head] }]
            """)
        for operation in Self.document.operations {
            let exchange = Self.ask(engine, operation).exchange
            #expect(exchange.decision.faults == ["at head: reset"], "\(operation.name)")
            let isMissed = exchange.timeline.entries.contains {
                if case .faultMissed = $0.happening { true } else { false }
            }
            #expect(!isMissed, "\(operation.name)")
        }
    }

    @Test("A limit of one request a minute refuses the second request of every operation")
    func limits() throws {
        let families = Set(Self.document.operations.map(\.family)).sorted()
        let rows = families.map { "    \($0): { requests_per_minute: 1 }" }.joined(separator: "\n")
        for operation in Self.document.operations {
            let engine = try Self.engine(
                "schema: 1\nscenario: slow\nlimits:\n  requests_per_minute: 1\n  operations:\n\(rows)\notherwise: auto")
            _ = Self.ask(engine, operation)
            let decision = Self.ask(engine, operation).exchange.decision
            #expect(decision.status == 429, "\(operation.name): \(decision.status)")
        }
    }

    @Test("A limit of images counts the requested images, and its error names the model")
    func images() throws {
        let engine = try Self.engine(
            """
            schema: 1
            scenario: images
            limits: { operations: { images: { images_per_minute: 5 } } }
            otherwise: auto
            """)
        func ask(_ count: Int) -> (status: Int, text: String) {
            let request = Request(
                method: "POST", target: "/v1/images/generations", headers: ["authorization": "Bearer x"],
                body: Array(#"{"model":"gpt-image-2","prompt":"a","n":\#(count)}"#.utf8))
            let planned = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            return (planned.exchange.decision.status, String(decoding: planned.script.bytes, as: UTF8.self))
        }
        #expect(ask(4).status == 200)
        let second = ask(2)
        #expect(second.status == 429)
        #expect(second.text.contains("Rate limit reached for gpt-image-2"))
        #expect(second.text.contains("on input-images per min: Limit 5, Used 4, Requested 2. Please try again in 12s."))
        #expect(ask(1).status == 200)
    }

    @Test("A rule scripts the body, the raw bytes or the error of an operation that is not emulated")
    func scripted() throws {
        let engine = try Self.engine(
            """
            schema: 1
            scenario: images
            rules:
              - when: { endpoint: images.generate, path."$.prompt": { contains: cat } }
                steps:
                  - json: { created: 7, data: [{ url: "https://example.com/1.png" }] }
                  - raw: { status: 207, body: hello }
                  - error: { status: 400, code: moderation_blocked, message: No. }
            """)
        func ask() -> (status: Int, text: String) {
            let request = Request(
                method: "POST", target: "/v1/images/generations", headers: ["authorization": "Bearer x"],
                body: Array(#"{"prompt":"a cat"}"#.utf8))
            let planned = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            return (planned.exchange.decision.status, String(decoding: planned.script.bytes, as: UTF8.self))
        }
        let answers = (1...3).map { _ in ask() }
        #expect(answers.map(\.status) == [200, 207, 400])
        #expect(answers[0].text.contains(#"{"created":7,"data":[{"url":"https://example.com/1.png"}]}"#))
        #expect(answers[1].text.hasSuffix("hello"))
        #expect(answers[2].text.contains("moderation_blocked"))
    }

    @Test(
        "An invalid request for an operation that is not emulated gets the API's error in a strict session",
        arguments: [
            ("POST", "/v1/containers", "{}", "Missing required parameter: 'name'."),
            (
                "POST", "/v1/containers", #"{"name":7}"#,
                "Invalid type for 'name': expected a string, but got an integer"
            ),
            ("POST", "/v1/containers", #"{"name":"a","nam":"b"}"#, "Unknown parameter: 'nam'."),
            ("GET", "/v1/containers?limit=0", "", "Invalid 'limit': integer below minimum value."),
            ("GET", "/v1/containers?order=up", "", "Invalid value: 'up'. Supported values are: 'asc' and 'desc'."),
            (
                "POST", "/v1/containers", #"{"name":"a","expires_after":{"anchor":"last_active_at"}}"#,
                "Missing required parameter: 'expires_after.minutes'."
            ),
            ("POST", "/v1/containers", "[]", "could not parse"),
        ])
    func strict(method: String, target: String, body: String, message: String) throws {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        let lenient = Engine(scenario: .auto, validation: .lenient, wallClock: { 1_795_232_605 })
        let request = Request(
            method: method, target: target, headers: ["authorization": "Bearer x"], body: Array(body.utf8))
        let planned = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        #expect(planned.exchange.decision.status == 400)
        let text = String(decoding: planned.script.bytes, as: UTF8.self)
        #expect(text.contains(message), "\(text)")
        #expect(
            lenient.respond(to: request, connection: 1, now: Moment(nanoseconds: 0)).exchange.decision.status == 200)
    }

    @Test(
        "A strict session accepts the smallest valid request for every served operation, or reports an unknown id"
    )
    func smallest() throws {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        for operation in Self.document.operations where operation.endpoint == nil {
            let description = Self.document.description(of: operation)
            let needsQuery = description.parameters.contains { $0.place == .query && $0.isRequired }
            guard RetiredFamily.day(of: operation) == nil, !needsQuery,
                description.body?.contentType != "multipart/form-data"
            else { continue }
            let planned = engine.respond(to: Self.request(operation), connection: 1, now: Moment(nanoseconds: 0))
            let isUnknown = planned.exchange.decision.refusal?.message.hasSuffix("with id 'x_1' not found.") == true
            #expect(
                planned.exchange.decision.status < 300 || isUnknown,
                "\(operation.name): \(String(decoding: planned.script.bytes.suffix(300), as: UTF8.self))")
        }
    }

    @Test("A strict session knows every parameter of the package for the operations that call a model")
    func parameters() throws {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })
        for operation in Self.document.operations {
            guard operation.endpoint?.kind == .model, let body = Self.document.description(of: operation).body,
                body.contentType == "application/json"
            else { continue }
            for name in body.schema["properties"]?.object?.names ?? [] where name != "betas" {
                var object: JSONObject = ["model": "gpt-5.5"]
                if object[name] == nil { object[name] = .some(.null) }
                var request = Self.request(operation)
                request.body = JSONValue.object(object).serialized()
                let planned = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
                let text = String(decoding: planned.script.bytes, as: UTF8.self)
                #expect(!text.contains("Unknown parameter: '\(name)'"), "\(operation.name)")
            }
        }
    }
}
