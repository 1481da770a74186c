import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

/// Tests that a scenario applies to the messages of a WebSocket that a source answers.
@Suite("WebSockets of a source under a scenario")
struct SourcedSocketTests {
    /// A source whose sockets answer every message with the same frames.
    private struct Source: AnswerSource {
        var frames = SourcedSocketTests.answer

        func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer {
            let exchange = Exchange(
                number: 0, session: "default", connection: connection, request: request,
                decision: Exchange.Decision(endpoint: nil, status: 101))
            var performance = PlannedExchange(script: WireScript(), exchange: exchange)
            performance.socket = Socket(frames: frames, head: request.withoutSocketFields)
            return SourcedAnswer(performance, editable: .no("it is a handshake"))
        }
    }

    private final class Socket: SocketService {
        let frames: [SocketFrame]
        let head: Request

        init(frames: [SocketFrame], head: Request) {
            self.frames = frames
            self.head = head
        }

        func turn(of message: [UInt8], isText: Bool) -> SocketTurn {
            SocketTurn(message: message, body: try? JSONValue.parse(message), lane: "")
        }

        func answer(to turn: SocketTurn, connection: Int, now: Moment) -> PlannedExchange {
            var script = WireScript()
            for (index, frame) in frames.enumerated() {
                let start = script.bytes.count
                frame.append(to: &script.bytes)
                script.steps += [
                    .pause(.milliseconds(20)), .write(start..<script.bytes.count, .event(index + 1)),
                ]
            }
            script.steps.append(.end(frames.last?.opcode == SocketOpcode.close.rawValue ? .fin : .keepAlive))
            var request = head
            request.body = turn.message
            return PlannedExchange(
                script: script,
                exchange: Exchange(
                    number: 0, session: "default", connection: connection, request: request,
                    decision: Exchange.Decision(endpoint: nil, status: 200, step: "the recording")))
        }
    }

    private static let answer = ["created", "output_text.delta", "completed"].map {
        SocketFrame.text(Array(#"{"type":"response.\#($0)"}"#.utf8))
    }

    private static let create = #"{"type":"response.create","model":"gpt-4o-mini","input":"Hello"}"#
    private static let recorded = ["response.created", "response.output_text.delta", "response.completed"]

    private static func client(
        _ rules: String, frames: [SocketFrame] = answer, target: String = "/v1/responses", fault: String? = nil
    ) throws -> SocketClient {
        let yaml = "schema: 1\nscenario: sockets\n\(rules)\notherwise: auto\n"
        let scenario = try ScenarioLoader.load(text: yaml, file: "s.yaml", errors: .api).get()
        let engine = Engine(scenario: scenario, source: Source(frames: frames), wallClock: { 1_795_232_605 })
        var headers = SocketClient.handshake
        headers["x-sparring-fault"] = fault
        return try SocketClient(engine, target: target, headers: headers)
    }

    /// The types of the messages, and the Close frames as `close CODE`.
    private static func types(_ performance: PlannedExchange) -> [String] {
        var reader = SocketReader(from: .server, limit: 1 << 20)
        return reader.read(performance.script.bytes).map { input in
            switch input {
            case .text(let bytes): (try? JSONValue.parse(bytes))?["type"]?.string ?? "?"
            case .close(let close): "close \(close?.code ?? 0)"
            default: "\(input)"
            }
        }
    }

    private static func missed(_ performance: PlannedExchange) -> [String] {
        performance.exchange.timeline.entries.compactMap {
            if case .faultMissed(_, let reason) = $0.happening { reason } else { nil }
        }
    }

    @Test("Without a rule, the source's frames are sent as they are, and have a number in the session")
    func unchanged() throws {
        let client = try Self.client("")
        let played = client.send(Self.create)
        #expect(Self.types(played) == Self.recorded)
        #expect(played.exchange.number == 2 && played.exchange.decision.step == "the recording")
        #expect(played.script.steps.first == .pause(.milliseconds(20)))
    }

    @Test("An error of a rule is an event of the socket, and the source answers the next message")
    func errors() throws {
        let client = try Self.client(
            """
            rules:
              - when: { event: response.create }
                steps: [ { error: rate_limit_exceeded, retry_after: 1s }, { auto: {} } ]
            """)
        let refused = client.send(Self.create)
        #expect(Self.types(refused) == ["error"] && refused.exchange.decision.status == 429)
        #expect(Self.types(client.send(Self.create)) == Self.recorded)
    }

    @Test("An error on a Realtime socket is a failed response, and an event that calls no model keeps its answer")
    func realtime() throws {
        let client = try Self.client(
            "rules: [ { steps: [ { error: server_error } ] } ]", target: "/v1/realtime?model=gpt-realtime")
        #expect(Self.types(client.send(#"{"type":"session.update"}"#)) == Self.recorded)
        #expect(Self.types(client.send(#"{"type":"response.create"}"#)) == ["response.created", "response.done"])
    }

    @Test("A limit refuses a message, and only messages that call a model count toward the limit")
    func limits() throws {
        let client = try Self.client("limits: { requests_per_minute: 1 }")
        #expect(Self.types(client.send(#"{"type":"other"}"#)) == Self.recorded)
        #expect(Self.types(client.send(Self.create)) == Self.recorded)
        #expect(Self.types(client.send(Self.create)) == ["error"])
    }

    @Test(
        "Faults of a step apply to the messages of the source",
        arguments: [
            ("socket_close 1012 restart at event 1", ["response.created", "close 1012"]),
            (
                "duplicate_event at event 1",
                ["response.created", "response.output_text.delta", "response.output_text.delta", "response.completed"]
            ),
            ("drop_event at event 1", ["response.created", "response.completed"]),
        ])
    func faults(fault: String, types: [String]) throws {
        let client = try Self.client(
            "rules:\n  - when: { event: response.create }\n    steps: [ { auto: {}, faults: [\(fault)] } ]")
        let played = client.send(Self.create)
        #expect(Self.types(played) == types, "\(played.script.steps)")
        #expect(Self.missed(played).isEmpty && !played.exchange.decision.faults.isEmpty)
    }

    @Test("A fault of the handshake's header applies to responses only")
    func header() throws {
        let client = try Self.client("", fault: "socket_close 1011 at event 1")
        #expect(Self.types(client.send(#"{"type":"other"}"#)) == Self.recorded)
        #expect(Self.types(client.send(Self.create)) == ["response.created", "close 1011"])
        #expect(client.opening.exchange.decision.faults.isEmpty)
    }

    @Test("A fault is reported as missed if the recorded answer ends the socket")
    func ended() throws {
        let client = try Self.client(
            "rules:\n  - when: { event: response.create }\n    steps: [ { auto: {}, faults: [fin at event 1] } ]",
            frames: [.close(SocketClose(1001, "bye"))])
        let played = client.send(Self.create)
        #expect(Self.types(played) == ["close 1001"])
        #expect(Self.missed(played).count == 1, "\(played.exchange.timeline)")
    }

    @Test("A pace of a step replaces the recorded pauses")
    func pace() throws {
        let client = try Self.client(
            "rules:\n  - when: { event: response.create }\n    steps: [ { auto: {}, stream: { first: 3ms } } ]")
        let pauses = client.send(Self.create).script.steps.compactMap { step -> Duration? in
            if case .pause(let time) = step { time } else { nil }
        }
        #expect(pauses == [.milliseconds(3)])
    }

    @Test("A step scripts the model's answer on a socket of responses")
    func scripted() throws {
        let client = try Self.client("rules:\n  - when: { event: response.create }\n    steps: [ { text: Hi there } ]")
        let played = client.send(Self.create)
        #expect(Self.types(played).last == "response.completed")
        #expect(String(decoding: played.script.bytes, as: UTF8.self).contains("Hi there"))
    }

    @Test("Only a rule that names the upgrade answers the handshake, and it can refuse it")
    func upgrade() throws {
        let open = try Self.client("rules: [ { steps: [ { error: server_error } ] } ]")
        #expect(open.opening.exchange.decision.status == 101)
        #expect(Self.types(open.send(Self.create)) == ["error"])
        let yaml = """
            schema: 1
            scenario: sockets
            rules:
              - when: { event: upgrade }
                steps: [ { error: rate_limit_exceeded }, { auto: {} } ]
            otherwise: auto
            """
        let scenario = try ScenarioLoader.load(text: yaml, file: "s.yaml", errors: .api).get()
        let engine = Engine(scenario: scenario, source: Source(), wallClock: { 1 })
        let refused = SocketClient.open(engine)
        #expect(refused.exchange.decision.status == 429 && refused.socket == nil)
        #expect(SocketClient.open(engine).socket != nil)
    }
}
