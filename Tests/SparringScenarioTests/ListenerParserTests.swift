import SparringWire
import Testing

@testable import SparringScenario

@Suite("Listeners of a scenario")
struct ListenerParserTests {
    private static func load(_ listeners: String) -> Result<Scenario, Mistakes> {
        ScenarioLoader.load(
            text: "schema: 1\nscenario: s\notherwise: auto\nlisteners: \(listeners)\n", file: "f.yaml",
            errors: ScenarioLoader.Errors(names: []) { _ in nil })
    }

    @Test("A listener applies the faults of its sequence to its connections in order")
    func sequence() throws {
        let text =
            "{ tls: { sequence: [ handshake_stall 5s, ok, [ accept_delay, bad_certificate self_signed ] ], then: cycle } }"
        let listener = try #require(try Self.load(text).get().listener)
        #expect(listener.isTLS)
        let words = (1...4).map { listener.plan.faults(of: $0).map { "\($0.effect)" } }
        #expect(
            words == [
                ["handshake_stall 5s"], [], ["accept_delay 1s", "bad_certificate self_signed"], ["handshake_stall 5s"],
            ])
    }

    @Test("A listener may have TLS without faults")
    func nothing() throws {
        for (text, isTLS) in [("{ tls: }", true), ("{ plain: { sequence: [] } }", false)] {
            let listener = try #require(try Self.load(text).get().listener)
            #expect(listener.isTLS == isTLS && listener.plan.isEmpty)
        }
    }

    @Test(
        "A mistake in a listener is reported with its fix",
        arguments: [
            ("{ plain: { sequence: [ old_protocol ] } }", "'old_protocol' needs TLS: move it under `tls`"),
            ("{ tls: { sequence: [ reset ] } }", "'reset' takes effect in an answer"),
            ("{ tls: { sequence: [ handshake_stal ] } }", "did you mean 'handshake_stall'?"),
            ("{ tls: { then: last } }", "a listener needs a `sequence`"),
            ("{ tls: { sequence: [], then: lst } }", "did you mean 'last'?"),
            ("{ tls: , plain: }", "a server has only one listener"), ("{}", "`listeners` is empty"),
            ("{ https: }", "unknown key 'https'"),
        ])
    func mistakes(text: String, message: String) {
        guard case .failure(let mistakes) = Self.load(text) else {
            Issue.record("\(text) was loaded")
            return
        }
        #expect(mistakes.diagnostics.contains { $0.message.contains(message) }, "\(mistakes.diagnostics)")
    }
}
