import SparringEngine
import SparringExchange
import SparringJSON

extension RunReport {
    /// One line with the whole report and the timeline of every exchange, in milliseconds since the first exchange began.
    func json(baseURL: String, childExit: Int32?) -> String {
        let origin = exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        var report = json
        report["base_url"] = .string(baseURL)
        report["child_exit"] = childExit.map { .int(Int($0)) } ?? .null
        report["exchanges"] = .array(exchanges.map { $0.json(origin: origin) })
        return JSONValue.object(report).text()
    }
}
