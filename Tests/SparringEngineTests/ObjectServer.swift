import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

@testable import SparringEngine

/// An engine to which tests send one request after another, at chosen times.
final class ObjectServer {
    let engine: Engine
    var now = Moment(nanoseconds: 1_000_000_000)

    init(
        _ scenario: Scenario = .auto, store: any ObjectStore = MemoryStore(), sinks: [any ExchangeSink] = [],
        validation: Validation? = nil, servesRetired: Bool = false
    ) {
        engine = Engine(
            scenario: scenario, validation: validation, store: store, sinks: sinks, servesRetired: servesRetired,
            wallClock: { 1_795_232_605 })
    }

    func pass(_ duration: Duration) { now.nanoseconds += Int64(duration / .nanoseconds(1)) }

    struct Answer {
        var status: Int
        var text: String
        var script: WireScript

        var json: JSONValue { (try? JSONValue.parse(text)) ?? .null }

        /// The data of a stream, in order.
        var events: [JSONValue] {
            text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: ") }
                .compactMap { try? JSONValue.parse(String($0.dropFirst(6))) }
        }

        /// The sum of the waits in the script.
        var pause: Duration {
            script.steps.reduce(.zero) { sum, step in
                if case .pause(let duration) = step { sum + duration } else { sum }
            }
        }
    }

    @discardableResult
    func send(_ method: String, _ path: String, _ body: String = "", headers: HeaderFields = [:]) -> Answer {
        send(method, path, bytes: Array(body.utf8), headers: headers)
    }

    @discardableResult
    func send(_ method: String, _ path: String, bytes: [UInt8], headers: HeaderFields = [:]) -> Answer {
        var fields: HeaderFields = ["authorization": "Bearer x"]
        for field in headers.fields { fields[field.name] = field.value }
        let request = Request(method: method, target: "/v1" + path, headers: fields, body: bytes)
        let performance = engine.respond(to: request, connection: 1, now: now)
        engine.ended(performance, timeline: Timeline())
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        let start = text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.startIndex
        return Answer(
            status: performance.exchange.decision.status, text: String(text[start...]), script: performance.script)
    }

    func respond(_ members: String, model: String = "gpt-4o-mini") -> Answer {
        send("POST", "/responses", "{\"model\":\"\(model)\",\(members)}")
    }
}
