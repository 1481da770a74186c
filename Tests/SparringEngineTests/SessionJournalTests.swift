import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The journal in memory")
struct SessionJournalTests {
    /// Three calls in session a, one call in b between them, and a list of models. The last call is still running.
    private static func journal() -> SessionJournal {
        let engine = Engine(scenario: .auto, wallClock: { 0 })
        func perform(_ method: String, _ path: String, at milliseconds: Int64, ends: Bool = true) {
            let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
            let request = Request(
                method: method, target: path, headers: ["authorization": "Bearer x"],
                body: method == "POST" ? Array(body.utf8) : [])
            let now = Moment(nanoseconds: milliseconds * 1_000_000)
            let performance = engine.respond(to: request, connection: 1, now: now)
            guard ends else { return }
            engine.ended(performance, timeline: Timeline(entries: [.init(at: now, .decided)]))
        }
        perform("POST", "/s/a/v1/chat/completions", at: 1)
        perform("POST", "/s/b/v1/chat/completions", at: 2)
        perform("POST", "/s/a/v1/chat/nowhere", at: 3)
        perform("GET", "/s/b/v1/models", at: 4)
        perform("POST", "/s/a/v1/chat/completions", at: 5, ends: false)
        return SessionJournal(engine.sessions)
    }

    @Test(
        "A journal query returns the matching exchanges, oldest first",
        arguments: [
            (JournalQuery(), ["a1", "b1", "a2", "b2", "a3"]), (JournalQuery(session: "a"), ["a1", "a2", "a3"]),
            (JournalQuery(session: "nobody"), []), (JournalQuery(endpoint: "chat.completions"), ["a1", "b1", "a3"]),
            (JournalQuery(status: 404), ["a2"]),
            (JournalQuery(since: Moment(nanoseconds: 3_000_000)), ["a2", "b2", "a3"]),
            (JournalQuery(session: "a", after: 1), ["a2", "a3"]), (JournalQuery(limit: 2), ["a1", "b1"]),
            (JournalQuery(session: "a", endpoint: "chat.completions", status: 200, after: 1, limit: 1), ["a3"]),
        ])
    func queries(query: JournalQuery, found: [String]) async throws {
        let exchanges = try await Self.journal().exchanges(query)
        #expect(exchanges.map { "\($0.session)\($0.number)" } == found)
    }
}
