import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests pauses of an hour, on a session's clock.
@Suite("Scripts on a session's clock", .timeLimit(.minutes(20)))
struct ClockedPlayTests {
    static let hour = Duration.seconds(3600)

    static let pauses: [Step] = [
        Step(.auto, times: .forever, pace: Pace(first: hour, every: hour)),
        Step(.auto, times: .forever, faults: [Fault(at: .event(1), .action(.stall(hour)))]),
        Step(.auto, times: .forever, faults: [Fault(at: .event(1), .ending(.hang(hour)))]),
    ]

    private static func engine(_ step: Step, scale: Double = 1) -> Engine {
        Engine(scenario: Scenario(name: "slow", rules: [Rule(steps: [step])]), timeScale: scale, wallClock: { 0 })
    }

    private static func request() -> [UInt8] { FaultTranscriptTests.bytes(of: FaultExhibit.request(on: .stream)) }

    private static func enough(of text: String) -> Bool { text.hasSuffix("0\r\n\r\n") }

    @Test("Moving the clock during a pause ends the pause", arguments: pauses.indices)
    func moved(index: Int) async throws {
        let engine = Self.engine(Self.pauses[index])
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let received = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Self.request())
                // The head has arrived, so the script is now in its first pause.
                client.awaitByte()
                let session = engine.sessions.existing("default")
                for _ in 0..<400 {
                    _ = session?.changeClock { clock in
                        clock.advance(by: Self.hour, at: Moment(nanoseconds: 1))
                    }
                }
                return client.receiveText(endingWith: index == 2 ? nil : "0\r\n\r\n")
            }
            #expect(index == 2 ? received.end == .finished : Self.enough(of: received.text))
        }
    }

    @Test("A scaled clock makes a pause of minutes take milliseconds", arguments: pauses.indices)
    func scaled(index: Int) async throws {
        var step = Self.pauses[index]
        if index == 0 { step.pace = Pace(first: .seconds(60), every: .seconds(60)) }
        if index == 1 { step.faults = [Fault(at: .event(1), .action(.stall(.seconds(600))))] }
        if index == 2 { step.faults = [Fault(at: .event(1), .ending(.hang(.seconds(600))))] }
        let engine = Self.engine(step, scale: 0.0001)
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            let received = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Self.request())
                return client.receiveText(endingWith: index == 2 ? nil : "0\r\n\r\n")
            }
            #expect(index == 2 ? received.end == .finished : Self.enough(of: received.text))
        }
        let exchange = try #require(engine.sessions.existing("default")?.endedExchanges.first)
        // Due times are real times. Due times are never earlier than the scale requires.
        let dues = exchange.timeline.entries.compactMap { entry in
            if case .accepted(_, let due) = entry.happening { (entry.at, due) } else { nil }
        }
        #expect(dues.allSatisfy { $0.0 >= $0.1 })
    }

    @Test("retry-after-ms is scaled with the clock, and the exchange contains both waits")
    func hints() {
        var error = ErrorAnswer(name: "rate_limit_exceeded")
        error.retryAfter = .seconds(.seconds(20))
        let engine = Self.engine(Step(.error(error)), scale: 0.01)
        let performance = engine.respond(
            to: FaultExhibit.request(on: .stream), connection: 1, now: Moment(nanoseconds: 0))
        #expect(performance.script.transcript.contains("retry-after-ms: 200"))
        let hint = performance.exchange.decision.hint
        #expect(hint == Exchange.Hint(ordered: .seconds(20), told: .milliseconds(200)))
    }
}
