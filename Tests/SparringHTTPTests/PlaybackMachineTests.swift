import SparringExchange
import SparringWire
import Testing

@testable import SparringHTTP

@Suite("Playing a script, without a socket")
struct PlaybackMachineTests {
    private static func actions(_ steps: [WireScript.Step]) -> [PlaybackMachine.Action] {
        var machine = PlaybackMachine(WireScript(bytes: [], steps: steps), startedAt: Moment(nanoseconds: 1_000))
        var actions: [PlaybackMachine.Action] = []
        while true {
            let action = machine.next()
            actions.append(action)
            if case .end = action { return actions }
        }
    }

    @Test("adjacent writes are one, under the last mark")
    func coalesced() {
        let actions = Self.actions([
            .write(0..<3, .head), .write(3..<5, .event(1)), .write(5..<9, .done), .end(.keepAlive),
        ])
        #expect(actions == [.write(0..<9, .done, due: Moment(nanoseconds: 1_000)), .end(.keepAlive)])
    }

    @Test("a flush or a fault keeps writes apart")
    func apart() {
        let due = Moment(nanoseconds: 1_000)
        let actions = Self.actions([
            .write(0..<3, .head), .flush, .write(3..<5, nil), .fault(0), .write(5..<6, nil), .end(.reset),
        ])
        #expect(
            actions == [
                .write(0..<3, .head, due: due), .write(3..<5, nil, due: due), .fault(0), .write(5..<6, nil, due: due),
                .end(.reset),
            ])
    }

    @Test("due times are sums of pauses, so that nothing drifts")
    func dueTimes() {
        let actions = Self.actions([
            .pause(.milliseconds(5)), .write(0..<1, nil), .pause(.milliseconds(7)), .write(1..<2, nil), .end(.fin),
        ])
        #expect(
            actions == [
                .wait(until: Moment(nanoseconds: 5_001_000)), .write(0..<1, nil, due: Moment(nanoseconds: 5_001_000)),
                .wait(until: Moment(nanoseconds: 12_001_000)), .write(1..<2, nil, due: Moment(nanoseconds: 12_001_000)),
                .end(.fin),
            ])
    }

    @Test("faults that were not reached are known")
    func remaining() {
        var machine = PlaybackMachine(
            WireScript(steps: [.fault(0), .pause(.seconds(1)), .fault(1), .end(.fin)]),
            startedAt: Moment(nanoseconds: 0))
        _ = machine.next()
        #expect(machine.remainingFaults == [1])
    }
}
