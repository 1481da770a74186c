import Foundation
import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("The Grafana dashboard")
struct DashboardTests {
    /// A page of metrics with a sample of every family.
    private static func page() -> String {
        let ledger = UsageStatistics()
        var decision = Exchange.Decision(
            endpoint: "chat.completions", model: "gpt-4o-mini", status: 500, step: "rule 1, step 1",
            faults: ["at event 2: reset"])
        decision.errorCode = "server_error"
        let moment = Moment(nanoseconds: 0)
        let exchange = Exchange(
            number: 1, session: "a", connection: 1, request: Request(method: "POST", target: "/"), decision: decision,
            timeline: Timeline(entries: [
                .init(at: moment, .requestStart), .init(at: moment, .faultDelivered(FaultID(0))),
            ]))
        ledger.receive(exchange)
        var connection = exchange
        connection.decision.endpoint = Exchange.connectionEndpoint
        ledger.receive(connection)
        let server = MetricFamilies.Server(version: "1", sessions: 1, droppedExchanges: 0, uptime: .seconds(3))
        return MetricsPage.text(MetricFamilies(ledger.reading, server).all)
    }

    /// The labels of each metric of the page, by its name.
    private static func labels(_ page: String) -> [String: Set<String>] {
        var labels: [String: Set<String>] = [:]
        for line in page.split(separator: "\n") where !line.hasPrefix("#") {
            let name = String(line.prefix { $0 != "{" && $0 != " " })
            labels[name, default: []].formUnion(line.matches(of: /([a-z]+)="/).map { String($0.1) })
        }
        return labels
    }

    private static func dashboard() throws -> JSONValue {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try JSONValue.parse([UInt8](Data(contentsOf: root.appending(path: "packaging/grafana/sparring.json"))))
    }

    @Test("Every expression of the dashboard names metrics and labels that the program exposes")
    func expressions() throws {
        let exposed = Self.labels(Self.page())
        let dashboard = try Self.dashboard()
        let panels = try #require(dashboard["panels"]?.array)
        let expressions = panels.flatMap { $0["targets"]?.array ?? [] }.compactMap { $0["expr"]?.string }
        let queries = (dashboard["templating"]?["list"]?.array ?? []).compactMap { $0["query"]?["query"]?.string }
        #expect(expressions.count >= panels.count && queries.count == 2)
        for expression in expressions {
            let names = expression.matches(of: /sparring_[a-z_]+/).map { String($0.output) }
            #expect(!names.isEmpty, "\(expression)")
            let used =
                expression.matches(of: /([a-z]+)=~/).map { String($0.1) }
                + expression.matches(of: /by \(([a-z, ]+)\)/).flatMap { $0.1.split(separator: ", ").map(String.init) }
            for name in names {
                let known = try #require(exposed[name], "\(name) in \(expression)")
                for label in used { #expect(known.contains(label), "\(label) of \(name) in \(expression)") }
            }
        }
        for query in queries {
            let match = try #require(query.firstMatch(of: /^label_values\((sparring_[a-z_]+), ([a-z]+)\)$/))
            #expect(exposed[String(match.1)]?.contains(String(match.2)) == true, "\(query)")
        }
    }

    @Test("The dashboard's panels have different numbers, and do not overlap")
    func panels() throws {
        let panels = try #require(try Self.dashboard()["panels"]?.array)
        #expect(Set(panels.compactMap { $0["id"]?.int }).count == panels.count)
        var taken: Set<[Int]> = []
        for panel in panels {
            let place = try #require(panel["gridPos"])
            let (x, y) = (place["x"]?.int ?? 0, place["y"]?.int ?? 0)
            for column in x..<x + (place["w"]?.int ?? 0) {
                for row in y..<y + (place["h"]?.int ?? 0) {
                    #expect(column < 24 && taken.insert([column, row]).inserted)
                }
            }
        }
    }
}
