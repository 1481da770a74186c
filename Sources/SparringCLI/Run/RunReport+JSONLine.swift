import SparringConformance
import SparringEngine
import SparringExchange
import SparringJSON

extension RunReport {
    /// One line with the whole report and the timeline of every exchange, in milliseconds since the first exchange began.
    /// - Parameter verdict: the verdict on the scenario's expectations; nil if it has no expectations.
    func json(baseURL: String, childExit: Int32?, verdict: ScenarioVerdict?) -> String {
        let origin = exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        var report = json
        report["base_url"] = .string(baseURL)
        report["child_exit"] = childExit.map { JSONValue.int(Int($0)) } ?? JSONValue.null
        if let verdict {
            report["held"] = .bool(held && verdict.holds)
            report["expectations"] = verdict.json
        }
        report["exchanges"] = .array(exchanges.map { $0.json(origin: origin) })
        return JSONValue.object(report).text()
    }
}
