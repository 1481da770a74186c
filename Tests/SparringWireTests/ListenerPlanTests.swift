import Testing

@testable import SparringWire

@Suite("Listener plans")
struct ListenerPlanTests {
    private static func fault(_ seconds: Int) -> Fault {
        Fault(
            at: .connection,
            .action(Fault.Action(ConnectionFaults.acceptDelay.kind, [.duration(.seconds(seconds))])))
    }

    @Test(
        "A listener plan continues after its end as ordered",
        arguments: [
            (ListenerPlan.Then.last, ["1s", "", "2s", "2s", "2s"]), (.cycle, ["1s", "", "2s", "1s", ""]),
            (.ok, ["1s", "", "2s", "", ""]),
        ])
    func then(then: ListenerPlan.Then, expected: [String]) {
        let plan = ListenerPlan(sequence: [[Self.fault(1)], [], [Self.fault(2)]], then: then)
        let seen = (1...5).map { plan.faults(of: $0).compactMap(\.strike).map(Self.words).joined() }
        #expect(seen == expected)
    }

    private static func words(_ strike: ConnectionFaultAction) -> String {
        if case .hold(_, let duration?) = strike { duration.words } else { "?" }
    }

    @Test("Every connection fault has an effect, and needs TLS if its stage does")
    func strikes() {
        for fault in ConnectionFaults.all {
            let strike = fault.kind.example.strike
            #expect(strike != nil, "\(fault.kind.name)")
            #expect(fault.kind.example.needsTLS == fault.kind.needsTLS, "\(fault.kind.name)")
            #expect(strike?.marbles.contains("!") == true, "\(fault.kind.name)")
        }
        #expect(ConnectionFaultAction.alert(120).bytes == "15 03 03 00 02 02 78")
    }
}
