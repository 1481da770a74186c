import SparringConformance
package import SparringJSON

/// The ledger of a gateway check as tables of text, for pages and terminals.
package struct GatewayLedgerTables: Sendable, Hashable {
    /// The upstreams' side: a row for each upstream, key, user and model, and a row with their sum. Empty if no call was made.
    package var upstreams: [[String]]
    /// Both ends. The columns are the figure, the upstreams' value, the value reported to clients, and the difference.
    package var bothEnds: [[String]]

    package static let upstreamHead = [
        "upstream", "key", "user", "model", "requests", "failed", "cancelled", "input", "cached", "output", "cost",
    ]
    package static let bothEndsHead = ["", "upstreams", "reported to clients", "difference"]

    /// - Parameter ledger: the value of `TruthLedger.json`.
    /// - Throws: `GatewayFileProblem` with the first member that is missing or wrong.
    package init(_ ledger: JSONValue) throws(GatewayFileProblem) {
        let file = GatewayFileMember(json: ledger, path: "ledger")
        upstreams = []
        for row in try file.list("rows") { upstreams.append(try Self.row(row)) }
        if !upstreams.isEmpty { upstreams.append(try Self.row(try file.member("total"))) }
        bothEnds = []
        for line in try file.list("lines") { bothEnds.append(try Self.line(line)) }
    }

    private static func row(_ row: GatewayFileMember) throws(GatewayFileProblem) -> [String] {
        let key = try row.text("key")
        var cells = [try row.text("upstream"), key.isEmpty ? "-" : "…\(key)"]
        for name in ["user", "model"] {
            let text = try row.text(name)
            cells.append(text.isEmpty ? "-" : text)
        }
        for name in ["requests", "failed", "cancelled", "input_tokens", "cached_tokens", "output_tokens"] {
            cells.append("\(try row.int(name))")
        }
        let unpriced = try row.int("unpriced")
        let cost = try row.number("cost").dollarsInWords
        cells.append(cost + (unpriced > 0 ? " (\(unpriced) without a price)" : ""))
        return cells
    }

    private static func line(_ line: GatewayFileMember) throws(GatewayFileProblem) -> [String] {
        let name = try line.text("name")
        func words(_ value: Double) -> String {
            guard name == "dollars" else { return Int(exactly: value.rounded()).map(String.init) ?? "\(value)" }
            return value < 0 ? "-\((-value).dollarsInWords)" : value.dollarsInWords
        }
        let reported = try line.numberOrNull("reported").map(words) ?? "not reported"
        let difference = try line.numberOrNull("difference").map { ($0 > 0 ? "+" : "") + words($0) } ?? "-"
        return [name, words(try line.number("truth")), reported, difference]
    }
}
