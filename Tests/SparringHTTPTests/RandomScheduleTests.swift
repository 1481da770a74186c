import Foundation
import SparringAPI
import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests random faults at random points, several in one answer.
@Suite("Random schedules of faults", .timeLimit(.minutes(20)))
struct RandomScheduleTests {
    /// A thousand schedules take ten seconds; SPARRING_SCHEDULES sets the number.
    private static let count = ProcessInfo.processInfo.environment["SPARRING_SCHEDULES"].flatMap(Int.init) ?? 1000
    private static let lanes = 8

    @Test("Random faults put the bytes of the script on the socket and end the connection as ordered")
    func sockets() async throws {
        // Two independent engines: one plays to the socket, and the other provides the expected bytes.
        let (played, written) = (Self.engine(), Self.engine())
        try await Fixture.with(responder: played) { server in
            let port = server.port
            let wrong = await withTaskGroup(of: [String].self) { group in
                for lane in 0..<Self.lanes {
                    group.addTask {
                        (try? await blocking {
                            try stride(from: lane, to: Self.count, by: Self.lanes).compactMap {
                                try Self.difference(seed: $0, port: port, written)
                            }
                        }) ?? ["lane \(lane) broke off"]
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(wrong.isEmpty, "\(wrong.count) of \(Self.count) differ: \(wrong.prefix(5))")
        }
    }

    private static func engine() -> Engine {
        Engine(scenario: .auto, limits: .init(sessions: 20_000), wallClock: { 1_795_232_605 })
    }

    /// The difference; nil if the bytes on the socket are as expected.
    private static func difference(seed: Int, port: Int, _ engine: Engine) throws -> String? {
        var request = FaultExhibit.request(on: seed % 5 == 0 ? .body : .stream)
        request.target = "/s/seed-\(seed)/v1/chat/completions"
        let faults = schedule(seed: seed)
        request.headers["x-sparring-fault"] = faults
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: performance.exchange.timeline)
        let script = performance.script
        guard performance.exchange.decision.unmatched == nil, performance.exchange.decision.endpoint != nil else {
            return "seed \(seed), \(faults): was refused"
        }
        let client = try RawSocket(port: port)
        try client.send(FaultTranscriptTests.bytes(of: request))
        let staysOpen =
            script.steps.last == .end(.keepAlive) || script.steps.contains(.await(.nextRequestByte, timeout: nil))
        let received = client.receiveBytes(count: staysOpen ? script.bytes.count : nil)
        if received.bytes != script.bytes {
            return "seed \(seed), \(faults): \(received.bytes.count) bytes for \(script.bytes.count)"
        }
        let end: RawSocket.End = script.steps.last == .end(.reset) ? .reset : .finished
        return staysOpen || received.end == end ? nil : "seed \(seed), \(faults): ended with \(received.end)"
    }

    // MARK: Drawing

    private static func schedule(seed: Int) -> String {
        var dice = IDMint(seed: UInt64(seed))
        let count = 1 + Int(dice.next() % 4)
        return (0..<count).map { _ in fault(&dice) }.joined(separator: ", ")
    }

    private static let kinds = FaultTable.answers.filter { !$0.needsTLS && !$0.needsSocket && $0.major != 2 }

    private static func fault(_ dice: inout IDMint) -> String {
        let kind = kinds[Int(dice.next() % UInt64(kinds.count))]
        var points: [String] = []
        for word in kind.points.words {
            let number = "\(dice.next() % 9)"
            points.append(
                word.replacingOccurrences(" N + M", with: " \(dice.next() % 9) + \(1 + dice.next() % 400)")
                    .replacingOccurrences("byte N", with: "byte \(dice.next() % 2000)")
                    .replacingOccurrences(" N", with: " " + number)
                    .replacingOccurrences("DURATION", with: "\(dice.next() % 4)ms"))
        }
        var words = [kind.name] + kind.parameters.map { argument($0.kind, &dice) }
        // Every hang has a duration here, because the client waits for the end.
        if case .hang = kind.ending { words = [kind.name, "\(dice.next() % 4)ms"] }
        return words.joined(separator: " ") + " at " + points[Int(dice.next() % UInt64(points.count))]
    }

    private static func argument(_ kind: FaultParameter.Kind, _ dice: inout IDMint) -> String {
        let draw = dice.next()
        func within(_ range: ClosedRange<Int>, _ most: Int) -> Int {
            range.lowerBound + Int(draw % UInt64(min(most, range.upperBound - range.lowerBound) + 1))
        }
        switch kind {
        case .count(let range): return "\(within(range, 10))"
        case .duration: return "\(draw % 4)ms"
        case .size(let range): return "\(within(range, 6000))"
        case .rate: return "1000000/s"
        case .text: return ["id", "usage", "x-1", "7f"][Int(draw % 4)]
        case .choice(let names): return names[Int(draw % UInt64(names.count))]
        case .inBandError: return ["server_error", "rate_limit_exceeded", "server_is_overloaded"][Int(draw % 3)]
        }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ part: String, with other: String) -> String {
        var text = self
        text.replace(part, with: other)
        return text
    }
}
