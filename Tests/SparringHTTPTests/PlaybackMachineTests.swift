import SparringExchange
import SparringWire
import Testing

@testable import SparringHTTP

@Suite("The playback machine")
struct PlaybackMachineTests {
    typealias Action = PlaybackMachine.Action

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [WireScript.Step]
        var actions: [Action]
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "adjacent writes become one with the mark of the last",
            steps: [.write(0..<3, .head), .write(3..<5, .event(1)), .write(5..<9, .done), .end(.keepAlive)],
            actions: [.write(0..<9, .done, due: at(0)), .end(.keepAlive, faults: [])]
        ),
        Row(
            name: "a write without a mark keeps the mark before it",
            steps: [.write(0..<3, .head), .write(3..<5, nil), .end(.fin)],
            actions: [.write(0..<5, .head, due: at(0)), .end(.fin, faults: [])]
        ),
        Row(
            name: "a flush keeps writes apart",
            steps: [.write(0..<3, .head), .flush, .write(3..<5, .done), .end(.fin)],
            actions: [.write(0..<3, .head, due: at(0)), .write(3..<5, .done, due: at(0)), .end(.fin, faults: [])]
        ),
        Row(
            name: "a gap in the bytes keeps writes apart",
            steps: [.write(0..<3, .head), .write(4..<5, .done), .end(.fin)],
            actions: [.write(0..<3, .head, due: at(0)), .write(4..<5, .done, due: at(0)), .end(.fin, faults: [])]
        ),
        Row(
            name: "pauses add up",
            steps: [
                .pause(.nanoseconds(5)), .write(0..<1, .head), .pause(.nanoseconds(7)), .write(1..<2, .done),
                .end(.fin),
            ],
            actions: [
                .wait(until: at(5)), .write(0..<1, .head, due: at(5)), .wait(until: at(12)),
                .write(1..<2, .done, due: at(12)), .end(.fin, faults: []),
            ]
        ),
        Row(
            name: "a fault in the middle is an action of its own",
            steps: [.write(0..<1, .head), .fault(0), .pause(.nanoseconds(1)), .end(.fin)],
            actions: [.write(0..<1, .head, due: at(0)), .fault(0), .wait(until: at(1)), .end(.fin, faults: [])]
        ),
        Row(
            name: "faults before the end belong to it",
            steps: [.write(0..<1, .head), .fault(2), .fault(1), .end(.reset)],
            actions: [.write(0..<1, .head, due: at(0)), .end(.reset, faults: [2, 1])]
        ),
        Row(
            name: "other steps pass through",
            steps: [
                .read(false), .interim(103), .await(.drained, timeout: .seconds(1)), .read(true), .end(.hang(nil)),
            ],
            actions: [
                .read(false), .interim(103), .await(.drained, timeout: .seconds(1)), .read(true),
                .end(.hang(nil), faults: []),
            ]
        ),
        Row(
            name: "a hold keeps writes apart",
            steps: [.write(0..<3, .head), .hold, .write(3..<5, .done), .end(.fin)],
            actions: [
                .write(0..<3, .head, due: at(0)), .hold, .write(3..<5, .done, due: at(0)), .end(.fin, faults: []),
            ]
        ),
        Row(name: "an empty script keeps the connection", steps: [], actions: [.end(.keepAlive, faults: [])]),
    ]

    @Test("The playback machine turns the steps of a script into actions", arguments: rows)
    func walk(row: Row) {
        var machine = PlaybackMachine(WireScript(steps: row.steps), startedAt: Self.at(0))
        var actions: [Action] = []
        repeat { actions.append(machine.next()) } while !actions.isAtEnd
        #expect(actions == row.actions)
    }

    @Test("Steps after an awaited condition are due relative to the moment of the condition")
    func resume() {
        let steps: [WireScript.Step] = [.await(.peerGone, timeout: nil), .pause(.nanoseconds(10)), .end(.fin)]
        var machine = PlaybackMachine(WireScript(steps: steps), startedAt: Self.at(0))
        _ = machine.next()
        machine.resume(at: Self.at(100))
        #expect(machine.next() == .wait(until: Self.at(110)))
    }

    @Test("The playback machine returns the faults that are still to come")
    func remainingFaults() {
        let steps: [WireScript.Step] = [
            .fault(3), .write(0..<1, .head), .fault(1), .pause(.seconds(1)), .fault(0), .end(.fin),
        ]
        var machine = PlaybackMachine(WireScript(steps: steps), startedAt: Self.at(0))
        #expect(machine.remainingFaults == [3, 1, 0])
        _ = machine.next()
        #expect(machine.remainingFaults == [1, 0])
        _ = machine.next()
        #expect(machine.next() == .fault(1))
        #expect(machine.remainingFaults == [0])
    }

    @Test("Skipping to the ending keeps the end of the framing and the ending")
    func skipping() {
        let steps: [WireScript.Step] = [
            .write(0..<3, .event(1)), .pause(.seconds(1)), .write(3..<5, .event(2)), .pause(.seconds(1)),
            .write(5..<9, .done), .end(.keepAlive),
        ]
        var machine = PlaybackMachine(WireScript(steps: steps), startedAt: Self.at(0))
        _ = machine.next()
        _ = machine.next()
        machine.skipToEnding()
        guard case .write(let range, .done, _) = machine.next() else {
            Issue.record("the end of the framing is missing")
            return
        }
        #expect(range == 5..<9)
        #expect(machine.next() == .end(.keepAlive, faults: []))
    }

    @Test(
        "A duration beyond the range of the clock counts as endless",
        arguments: [Duration.seconds(Int64.max), .seconds(1 << 40)])
    func endless(duration: Duration) {
        var machine = PlaybackMachine(WireScript(steps: [.pause(duration), .pause(duration)]), startedAt: Self.at(1))
        _ = machine.next()
        #expect(machine.next() == .wait(until: Moment(nanoseconds: 1 << 61)))
    }

    private static func at(_ nanoseconds: Int64) -> Moment { Moment(nanoseconds: nanoseconds) }
}

extension [PlaybackMachine.Action] {
    fileprivate var isAtEnd: Bool { if case .end = last { true } else { false } }
}
