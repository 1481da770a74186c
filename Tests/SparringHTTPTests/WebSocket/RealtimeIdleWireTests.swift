import SparringEngine
import SparringExchange
import SparringScenario
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests the idle timeout of a Realtime session on bare connections. The tests move the session's clock; none waits.
@Suite("The idle timeout on the wire", .timeLimit(.minutes(20)))
struct RealtimeIdleWireTests {
    private static let update =
        #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":"#
        + #"{"type":"server_vad","idle_timeout_ms":30000}}}}}"#
    private static let create = #"{"type":"response.create"}"#

    private static func play(
        scale: Double = 1, _ body: @escaping @Sendable (RealtimeWire, Session) throws -> Void
    ) async throws -> Engine {
        let text = "schema: 1\nscenario: idle\notherwise: auto\n"
        let engine = Engine(
            scenario: try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get(), timeScale: scale,
            wallClock: { 1_795_232_605 })
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try RealtimeWire(port: port)
                try body(client, try #require(engine.sessions.existing("default")))
            }
        }
        return engine
    }

    @Test("Moving the session's clock triggers the timeout, after each response")
    func moved() async throws {
        _ = try await Self.play { client, session in
            try client.send([Self.update, Self.create])
            for _ in 1...3 {
                _ = client.receive(until: "response.done")
                // The session's own end is an hour away, so the clock moves by less than an hour in all. The answers to
                // this event come after the wait has begun.
                try client.send([#"{"type":"input_audio_buffer.clear"}"#])
                _ = client.receive(until: "input_audio_buffer.cleared")
                _ = session.changeClock { $0.advance(by: .seconds(600), at: Moment(nanoseconds: 1)) }
                let messages = client.receive(until: "input_audio_buffer.committed")
                #expect(messages.count == 2 && messages[0].contains("input_audio_buffer.timeout_triggered"))
            }
        }
    }

    /// The session itself ends after an hour of the clock, here three minutes.
    @Test("On a scaled clock, a timeout of five seconds takes a quarter of a second")
    func scaled() async throws {
        _ = try await Self.play(scale: 0.05) { client, _ in
            try client.send([Self.update.replacing("30000", with: "5000"), Self.create])
            let messages = client.receive(until: "input_audio_buffer.timeout_triggered")
            #expect(messages.last?.contains("audio_start_ms") == true)
            #expect(client.receive(until: "response.done").last?.contains("completed") == true)
        }
    }

    @Test("A wait that has ended leaves no watcher of the session's clock", arguments: [true, false])
    func watchers(isUpdated: Bool) async throws {
        let engine = try await Self.play { client, session in
            try client.send([Self.update])
            _ = client.receive(until: "session.updated")
            // The end of the session, an hour from now.
            let idle = session.clockWatchers
            try client.send([Self.create])
            _ = client.receive(until: "response.done")
            try client.send([#"{"type":"input_audio_buffer.clear"}"#])
            _ = client.receive(until: "input_audio_buffer.cleared")
            #expect(session.clockWatchers == idle + 1)
            guard isUpdated else { return }
            try client.send([Self.update.replacing("30000", with: "null")])
            _ = client.receive(until: "session.updated")
            #expect(session.clockWatchers == idle)
        }
        #expect(engine.sessions.existing("default")?.clockWatchers == 0)
    }
}
