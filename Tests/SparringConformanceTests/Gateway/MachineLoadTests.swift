import Testing

@testable import SparringConformance

@Suite("The load of the machine that measures a gateway")
struct MachineLoadTests {
    private static func load(late: [Int] = [], elapsed: Int = 20, computed: Int = 20) -> MachineLoad {
        var load = MachineLoad()
        for delay in late { load.addSleep(late: .milliseconds(delay)) }
        load.addComputation(elapsed: .milliseconds(elapsed), computed: .milliseconds(computed))
        return load
    }

    @Test(
        "A machine is busy if computations take longer than a quarter above their processor time, or one timer in ten is late",
        arguments: [
            (load(), false), (load(elapsed: 25), false), (load(elapsed: 26), true),
            (load(late: Array(repeating: 0, count: 9) + [40]), true),
            (load(late: Array(repeating: 0, count: 19) + [40]), false),
            (load(late: Array(repeating: 5, count: 10)), false), (load(late: Array(repeating: 6, count: 10)), true),
        ])
    func busy(load: MachineLoad, isBusy: Bool) {
        #expect(load.isBusy == isBusy, "\(load.problem ?? "calm")")
    }

    @Test("The reason names the measured value and its limit")
    func words() throws {
        let slow = try #require(Self.load(elapsed: 70).problem)
        #expect(slow.contains("3.5 times") && slow.contains("1.25 times"))
        let late = try #require(Self.load(late: [12]).problem)
        #expect(late.contains("12 ms") && late.contains("5 ms"))
    }

    @Test("Loads of several moments count together")
    func sum() {
        var load = Self.load(elapsed: 20)
        load.add(Self.load(late: [1, 2], elapsed: 40))
        #expect(load.stretch == 1.5)
        #expect(load.late.count == 2)
    }

    @Test("Without a measurement, a machine is calm, and a computation is never faster than its processor time")
    func edges() {
        #expect(!MachineLoad().isBusy)
        #expect(Self.load(elapsed: 10).stretch == 1)
    }
}
