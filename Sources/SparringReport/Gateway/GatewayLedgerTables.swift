import SparringConformance
package import SparringJSON

/// The ledger of a gateway check as tables of text, for pages and terminals.
package struct GatewayLedgerTables: Sendable, Hashable {
    /// The upstreams' side: a row for each upstream, key, user, model and list of tags, and a row with their sum. Empty if no call was
    /// made.
    package var upstreams: [[String]]
    /// Both ends. The columns are the figure, the upstreams' value, the value reported to clients, and the difference.
    package var bothEnds: [[String]]
    /// What the gateway booked. The columns are the client's key, the figure, the upstreams' value, the booked value, and the difference. Empty if
    /// the adapter file does not say how to ask for it.
    package var booked: [[String]]
    /// Why booked values are unknown, and what to change: a sentence for each key.
    package var problems: [String]

    package static let upstreamHead = [
        "upstream", "key", "user", "model", "tags", "requests", "failed", "cancelled", "input", "cached", "output",
        "cost",
    ]
    package static let bothEndsHead = ["", "upstreams", "reported to clients", "difference"]
    package static let bookedHead = ["key", "", "upstreams", "booked by the gateway", "difference"]

    /// - Parameter ledger: the value of `TruthLedger.json`.
    /// - Throws: `GatewayFileProblem` with the first member that is missing or wrong.
    package init(_ ledger: JSONValue) throws(GatewayFileProblem) {
        let file = GatewayFileMember(json: ledger, path: "ledger")
        upstreams = []
        for row in try file.list("rows") { upstreams.append(try Self.row(row)) }
        if !upstreams.isEmpty { upstreams.append(try Self.row(try file.member("total"))) }
        bothEnds = []
        for line in try file.list("lines") { bothEnds.append(try Self.line(line, unknown: "not reported")) }
        (booked, problems) = ([], [])
        // Data of older versions have no such member.
        guard ledger["booked"] != nil else { return }
        for account in try file.list("booked") {
            let key = try account.text("key")
            for line in try account.list("lines") { booked.append([key] + (try Self.line(line, unknown: "unknown"))) }
            if let problem = try account.textOrNull("problem") { problems.append("\(key): \(problem)") }
        }
    }

    private static func row(_ row: GatewayFileMember) throws(GatewayFileProblem) -> [String] {
        let key = try row.text("key")
        var cells = [try row.text("upstream"), key.isEmpty ? "-" : "…\(key)"]
        for name in ["user", "model"] {
            let text = try row.text(name)
            cells.append(text.isEmpty ? "-" : text)
        }
        let tags = try row.textMembers("tags").map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        cells.append(tags.isEmpty ? "-" : tags)
        for name in ["requests", "failed", "cancelled", "input_tokens", "cached_tokens", "output_tokens"] {
            cells.append("\(try row.int(name))")
        }
        let unpriced = try row.int("unpriced")
        let cost = try row.number("cost").dollarsInWords
        cells.append(cost + (unpriced > 0 ? " (\(unpriced) without a price)" : ""))
        return cells
    }

    /// - Parameter unknown: the text in place of a value that the gateway's side lacks.
    private static func line(_ line: GatewayFileMember, unknown: String) throws(GatewayFileProblem) -> [String] {
        let name = try line.text("name")
        func words(_ value: Double) -> String {
            guard name == "dollars" else { return Int(exactly: value.rounded()).map(String.init) ?? "\(value)" }
            return value.signedDollarsInWords
        }
        let reported = try line.numberOrNull("reported").map(words) ?? unknown
        let difference = try line.numberOrNull("difference").map { ($0 > 0 ? "+" : "") + words($0) } ?? "-"
        return [name, words(try line.number("truth")), reported, difference]
    }
}
