import Testing

@testable import SparringWire

@Suite("Outcomes of the faults of an exchange")
struct FaultOutcomesTests {
    private static let fin = Fault(at: .start, .ending(.fin))

    @Test("Faults get their ids in the order of the list, counted after earlier faults of the exchange")
    func ids() {
        #expect([Self.fin, Self.fin].ordered().map(\.id) == [0, 1])
        #expect([Self.fin].ordered(after: 2).map(\.id) == [2])
    }

    @Test("A later reason replaces an earlier one, and a fault that takes effect has none")
    func reasons() {
        var outcomes = FaultOutcomes()
        outcomes.miss(3, "no stream")
        outcomes.miss(1, "no content")
        outcomes.miss(1, "an earlier end")
        outcomes.miss(2, "no words")
        outcomes.strike(2)
        #expect(outcomes.reasons.map(\.id) == [1, 3])
        #expect(outcomes.reasons.map(\.reason) == ["an earlier end", "no stream"])
    }

    @Test("A fault keeps its id even if the layers apply faults in another order than the list")
    func layers() {
        let faults = [Fault(at: .head, .ending(.fin)), Fault(at: .head, .action(Fault.Action(PaceFaults.stall.kind)))]
        var outcomes = FaultOutcomes()
        let script = Composition(
            answer: Answer(status: 200, body: .whole([0x61])), faults: faults.ordered(), date: "now"
        ).compose(&outcomes)
        let ids = script.steps.compactMap { if case .fault(let id) = $0 { id } else { nil } }
        #expect(ids == [1, 0])
        #expect(outcomes.missed.isEmpty)
    }
}
