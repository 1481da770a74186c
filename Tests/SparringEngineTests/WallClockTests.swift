import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Synchronization
import Testing

@testable import SparringEngine

/// A machine's clock may be set while the server runs: by a user, by NTP, or after a suspended virtual machine.
@Suite("A wall clock that jumps")
struct WallClockTests {
    private final class WallClock: Sendable {
        private let seconds = Mutex(1_795_232_605)

        var now: Int {
            get { seconds.withLock { $0 } }
            set { seconds.withLock { $0 = newValue } }
        }
    }

    private static func send(
        _ engine: Engine, _ method: String, _ path: String, _ body: String = "", at moment: Moment
    ) -> (status: Int, json: JSONValue) {
        let request = Request(
            method: method, target: "/v1" + path, headers: ["authorization": "Bearer x"], body: Array(body.utf8))
        let performance = engine.respond(to: request, connection: 1, now: moment)
        engine.ended(performance, timeline: Timeline())
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        let body = text[(text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.endIndex)...]
        return (performance.exchange.decision.status, (try? JSONValue.parse(String(body))) ?? .null)
    }

    private static let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"store":true}"#

    @Test("Answers have the time of the wall clock, whether it jumps ahead or back, and no id is given twice")
    func times() {
        let clock = WallClock()
        let engine = Engine(scenario: .auto, wallClock: { clock.now })
        let start = clock.now
        var ids: Set<String> = []
        for (number, jump) in [0, 365 * 86_400, -3_600, -20 * 365 * 86_400, 1].enumerated() {
            clock.now = start + jump
            let moment = Moment(nanoseconds: Int64(number + 1) * 1_000_000_000)
            let call = Self.send(engine, "POST", "/chat/completions", Self.chat, at: moment)
            let store = Self.send(engine, "POST", "/vector_stores", #"{"name":"x"}"#, at: moment)
            #expect(call.status == 200 && store.status == 200, "\(jump)")
            #expect(call.json["created"]?.int == clock.now && store.json["created_at"]?.int == clock.now, "\(jump)")
            for json in [call.json, store.json] { ids.insert(json["id"]?.string ?? "") }
            let found = Self.send(
                engine, "GET", "/vector_stores/\(store.json["id"]?.string ?? "")", at: moment)
            #expect(found.status == 200, "\(jump)")
        }
        #expect(ids.count == 10)
    }

    @Test("A limit of requests a minute follows the monotonic clock, so that a jump neither fills nor empties it")
    func limits() throws {
        let text = """
            schema: 1
            scenario: limited
            limits: { requests_per_minute: 2 }
            rules: []
            otherwise: auto
            """
        let scenario = try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        let clock = WallClock()
        let engine = Engine(scenario: scenario, wallClock: { clock.now })
        let start = clock.now
        func statuses(_ jumps: [Int], at second: Int64) -> [Int] {
            jumps.map { jump in
                clock.now = start + jump
                return Self.send(
                    engine, "POST", "/chat/completions", Self.chat, at: Moment(nanoseconds: second * 1_000_000_000)
                ).status
            }
        }
        #expect(statuses([0, 3_600, 86_400, -86_400], at: 1) == [200, 200, 429, 429])
        #expect(statuses([-86_400, 86_400, 0], at: 61) == [200, 200, 429])
    }
}
