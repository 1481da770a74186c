import SparringAPI
import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The formats of the usage ledger")
struct UsagePageTests {
    private static func ledger(session: String = "a") -> UsageStatistics {
        let ledger = UsageStatistics()
        count(session, in: ledger)
        return ledger
    }

    /// A call with a 429, and the retry that succeeds.
    private static func count(_ session: String, in ledger: UsageStatistics) {
        for status in [429, 200] {
            var decision = Exchange.Decision(endpoint: "embeddings", model: "text-embedding-3-small", status: status)
            if status == 200 { decision.usage = Usage(input: 1000) }
            ledger.receive(
                Exchange(
                    number: 1, session: session, connection: 1, request: Request(method: "POST", target: "/"),
                    decision: decision,
                    timeline: Timeline(entries: [
                        .init(at: Moment(nanoseconds: 0), .requestStart),
                        .init(
                            at: Moment(nanoseconds: 1_500_000), .accepted(.head, due: Moment(nanoseconds: 1_000_000))),
                        .init(at: Moment(nanoseconds: 2_000_000), .ended(.keepAlive)),
                    ])))
        }
    }

    @Test("Usage in JSON has rows, total, prices and lateness")
    func json() {
        let page = UsagePage.json(UsageReport(Self.ledger().reading, by: [.session, .model]))
        #expect(page["rows"]?[0]?["model"] == "text-embedding-3-small")
        #expect(page["rows"]?[0]?["statuses"]?.text() == #"{"200":1,"429":1}"#)
        #expect(page["rows"]?[0]?["cost"]?.text() == "0.00002")
        #expect(page["total"]?["retries"] == 1)
        #expect(page["total"]?["total_ms"]?["p50"] == .number(JSONNumber(text: "2")))
        #expect(page["total"]?["first_token_ms"]?["p50"] == .null)
        #expect(page["prices"]?["as_of"] == "2026-11-21")
        #expect(page["lateness_ms"]?["max"] == .number(JSONNumber(text: "0.5")))
    }

    @Test("Usage has the faults that took effect by name")
    func faults() {
        let ledger = UsageStatistics()
        let moment = Moment(nanoseconds: 0)
        for words in ["at head: reset", "at event 2: stall 2.0s", "at start: reset"] {
            let decision = Exchange.Decision(
                endpoint: "chat.completions", model: "gpt-4o-mini", status: 200, faults: [words])
            ledger.receive(
                Exchange(
                    number: 1, session: "a", connection: 1, request: Request(method: "POST", target: "/"),
                    decision: decision,
                    timeline: Timeline(entries: [
                        .init(at: moment, .requestStart), .init(at: moment, .faultDelivered(FaultID(0))),
                    ])))
        }
        let total = UsagePage.json(UsageReport(ledger.reading, by: []))["total"]
        #expect(total?["faults"] == 3)
        #expect(total?["faults_by_name"]?.text() == #"{"reset":2,"stall":1}"#)
    }

    @Test("Usage includes audio seconds, characters and batched requests")
    func other() {
        let ledger = UsageStatistics()
        var usage = Usage()
        (usage.milliseconds, usage.characters) = (3000, 15)
        let line = AnsweredLine(
            session: "a", endpoint: .transcriptions, model: "whisper-1", key: nil, tags: [], status: 200, faults: 0,
            usage: usage)
        ledger.receive([line], at: 0)
        let page = UsagePage.json(UsageReport(ledger.reading))["total"]
        #expect(page?["seconds"]?.double == 3 && page?["characters"] == 15 && page?["batched"] == 1)
        // Three seconds at $0.0001, and half the price for a batch line. The model has no price for characters.
        #expect(page?["cost"]?.text() == "0.00015")
        let csv = String(decoding: UsagePage.csv(UsageReport(ledger.reading)), as: UTF8.self)
        #expect(csv.hasSuffix(",1,3,15,0,0,200:1\r\n"))
    }

    @Test("Usage by time has the second in which each interval starts, and the length of the intervals")
    func time() {
        let reading = Self.ledger().reading(withIntervals: true)
        let page = UsagePage.json(UsageReport(reading, by: [.time, .model], every: .minute))
        #expect(page["every"] == "1m")
        #expect(page["rows"]?[0]?["time"] == 0 && page["rows"]?[0]?["requests"] == 2)
        let csv = String(decoding: UsagePage.csv(UsageReport(reading, by: [.time])), as: UTF8.self)
        #expect(csv.hasPrefix("time,requests,") && csv.contains("\r\n0,2,1,1,1000,"))
        #expect(csv.hasSuffix(",0,0,200:1 429:1\r\n"))
        #expect(UsagePage.json(UsageReport(reading))["every"] == .null)
    }

    @Test("Usage in CSV is one line for each group, quoted where needed")
    func csv() {
        let text = String(
            decoding: UsagePage.csv(UsageReport(Self.ledger(session: #"a "b", c"#).reading)), as: UTF8.self)
        let lines = text.split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("session,endpoint,model,key,requests,errors,retries,input_tokens"))
        #expect(
            lines[1].hasPrefix(#""a ""b"", c",embeddings,text-embedding-3-small,,2,1,1,1000,0,0,0,0.00002,2,2,,,,"#))
    }

    @Test("Metrics have typed families, escaped labels and cumulative buckets")
    func metrics() {
        let server = MetricFamilies.Server(version: "1", sessions: 1, droppedExchanges: 0, uptime: .seconds(3))
        let text = MetricsPage.text(
            MetricFamilies(Self.ledger(session: "a\"\\\nb").reading, server).all)
        let labels = #"session="a\"\\\nb",endpoint="embeddings",model="text-embedding-3-small""#
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE sparring_requests_total counter"))
        #expect(lines.contains(#"sparring_requests_total{\#(labels),status="429"} 1"#))
        #expect(lines.contains(#"sparring_tokens_total{\#(labels),kind="input"} 1000"#))
        #expect(lines.contains(#"sparring_cost_dollars_total{\#(labels)} 0.00002"#))
        #expect(lines.contains(#"sparring_request_duration_seconds_bucket{\#(labels),le="0.002"} 0"#))
        #expect(lines.contains(#"sparring_request_duration_seconds_bucket{\#(labels),le="0.004"} 2"#))
        #expect(lines.contains(#"sparring_request_duration_seconds_sum{\#(labels)} 0.004"#))
        #expect(lines.contains(#"sparring_event_lateness_seconds_bucket{le="+Inf"} 2"#))
        #expect(lines.allSatisfy { $0.hasPrefix("# ") || $0.contains(" ") })
    }

    @Test("The gauges of all servers are the sum of those that are up, and the servers are counted by state")
    func metricsOfAll() {
        let open = ReplicaGauges(traffic: TrafficGauges.Reading(inFlight: 3, streams: 2, sockets: 1), held: 1)
        let states: [SharedReplica.State] = [.up, .up, .lost]
        let replicas = states.enumerated().map { number, state in
            SharedReplica(
                name: "s\(number)", address: "", version: "1", state: state, seen: 0, sessions: 0, gauges: open)
        }
        let lines = MetricsPage.text(MetricFamilies(UsageStatistics().reading, of: replicas).all).split(separator: "\n")
        for line in [
            #"sparring_servers{state="up"} 2"#, #"sparring_servers{state="lost"} 1"#,
            #"sparring_servers{state="stopped"} 0"#, "sparring_in_flight_requests 6", "sparring_open_streams 4",
            "sparring_open_sockets 2", "sparring_held_answers 2",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(!lines.contains { $0.hasPrefix("sparring_uptime_seconds") })
    }

    private static func metrics(_ ledger: UsageStatistics) -> [String] {
        let server = MetricFamilies.Server(version: "1", sessions: 1, droppedExchanges: 0, uptime: .seconds(3))
        return MetricsPage.text(MetricFamilies(ledger.reading, server).all).split(separator: "\n").map(String.init)
    }

    @Test("The first 100 combinations of labels keep series of their own; the calls of all others share one session")
    func manySessions() {
        let ledger = UsageStatistics()
        // The later a session comes, the earlier it is in the alphabet.
        for number in 0..<MetricLabels.most { Self.count("s\(9000 - number)", in: ledger) }
        let before = Self.metrics(ledger).filter { $0.hasPrefix("sparring_requests_total{") }
        #expect(before.count == 2 * MetricLabels.most && !before.contains { $0.contains("(others)") })
        for number in MetricLabels.most..<2400 { Self.count("s\(9000 - number)", in: ledger) }
        let lines = Self.metrics(ledger)
        let after = lines.filter { $0.hasPrefix("sparring_requests_total{") }
        #expect(Set(after).isSuperset(of: before) && after.count == before.count + 2)
        let labels = #"session="(others)",endpoint="embeddings",model="(others)""#
        #expect(after.contains(#"sparring_requests_total{\#(labels),status="429"} 2300"#))
        #expect(lines.contains(#"sparring_tokens_total{\#(labels),kind="input"} 2300000"#))
        #expect(lines.contains(#"sparring_cost_dollars_total{\#(labels)} 0.046"#))
        #expect(lines.map(\.utf8.count).reduce(0, +) < 2_000_000)
    }

    @Test(
        "Decimal numbers are written without an exponent",
        arguments: [(0.0, "0"), (0.00002, "0.00002"), (1.5, "1.5"), (12.0, "12"), (0.1 + 0.2, "0.3"), (-0.25, "-0.25")])
    func decimals(value: Double, text: String) { #expect(Decimal.text(value) == text) }
}
