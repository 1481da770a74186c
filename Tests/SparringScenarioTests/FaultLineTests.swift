import SparringAPI
import SparringWire
import Testing

@testable import SparringScenario

@Suite("Faults on one line")
struct FaultLineTests {
    private static func words(_ line: String) -> [String] {
        switch ScenarioLoader.faults(in: line, errors: ScenarioLoader.Errors(names: ["overloaded"]) { _ in nil }) {
        case .success(let faults): faults.map(\.description)
        case .failure(let mistakes): mistakes.diagnostics.map(\.message)
        }
    }

    @Test(
        "A fault on one line has a name, arguments and a point, with defaults for missing parts",
        arguments: [
            ("reset", ["at event 2: reset"]), ("reset at event 5", ["at event 5: reset"]),
            ("stall 250ms at head", ["at head: stall 250ms"]), ("hang 3s", ["at event 2: hang 3s"]),
            ("fin at head byte 20", ["at head byte 20: fin"]), ("line_end cr", ["at start: line_end cr"]),
            ("comment look at me at event 3", ["at event 3: comment look at me"]),
            ("redirect 302 http://other.test/", ["at start: redirect 302 http://other.test/"]),
            ("delay 5ms, fin at content 3", ["at head: delay 5ms", "at content 3: fin"]),
            ("{ at: event 3, end: { hang: 2s } }", ["at event 3: hang 2s"]),
            ("[ no_space, { do: trailers } ]", ["at start: no_space", "at start: trailers"]),
            ("reset at before_content", ["at first_content: reset"]),
        ])
    func lines(line: String, faults: [String]) { #expect(Self.words(line) == faults) }

    @Test(
        "A mistake in a fault line is reported with the nearest valid value",
        arguments: [
            ("rset", "'rset' is not a fault; did you mean 'reset'?"), ("", "no fault is given"),
            ("go_away", "'go_away' is not a fault; did you mean 'h2_goaway'?"),
            ("handshake_stall 5s", "'handshake_stall' takes effect before there is a request"),
            ("reset at evnt 2", "'evnt 2' is not a point of an answer"),
            ("stall soon", "duration of 'stall' must be a duration with its unit"),
            ("error overlaoded", "did you mean 'overloaded'?"),
        ])
    func mistakes(line: String, message: String) {
        #expect(Self.words(line).count == 1)
        #expect(Self.words(line).first?.contains(message) == true, "\(Self.words(line))")
    }

    @Test("The description of a fault can be parsed again", arguments: FaultTable.answers)
    func roundTrip(kind: FaultKind) {
        guard kind.parameters.first?.kind != .inBandError else { return }
        let words = "\(kind.example.effect) at \(kind.example.point)"
        #expect(Self.words(words) == [kind.example.description])
    }
}
