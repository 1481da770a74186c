import SparringConformance
import SparringWire

/// An HTML page with a table of gateways × cases, and the ledger of each run. Each cell links to the checks of the case and the
/// wire at the upstreams. The page loads no other files and works without its script, which adds filters and keys.
package enum GatewayPage {
    /// - Parameter files: names and data of runs, at least one. If the name is nil, the gateway's own name is used.
    /// - Throws: `GatewayFileProblem` if a ledger cannot be read.
    package static func text(_ files: [(name: String?, file: GatewayRunFile)]) throws(GatewayFileProblem) -> String {
        var named: [(name: String, file: GatewayRunFile)] = []
        for item in files {
            let name = item.name ?? item.file.gateway ?? "the gateway"
            var (unique, count) = (name, 1)
            while named.contains(where: { $0.name == unique }) {
                count += 1
                unique = "\(name) (\(count))"
            }
            named.append((unique, item.file))
        }
        let runs = named.map { GradedRun($0.file.log, name: $0.name) }
        let matrix = Matrix(runs)
        let options = Dictionary(uniqueKeysWithValues: zip(runs.map(\.name), files.map(\.file.again)))
        var ledgers = ""
        for item in named { ledgers += try ledger(item.file, of: item.name) }
        return HTMLPage.head(title: "Gateways") + header(named, runs) + HTMLReport.filters(matrix)
            + HTMLReport.table(runs, matrix)
            + HTMLReport.panels(runs) { run, entry in
                Shell.line(["sparring", "gateway", "check", entry.start.id] + (options[run.name] ?? []))
            } + CasePages.text(runs, matrix) + ledgers + HTMLPage.foot
    }

    private static func header(_ files: [(name: String, file: GatewayRunFile)], _ runs: [GradedRun]) -> String {
        let cards = zip(files, runs).map { item, run in
            let end = run.log.end
            let outcome = (end?.outcome.words ?? "interrupted") + (end?.reason.map { ": \($0)" } ?? "")
            let features = item.file.features.isEmpty ? "none" : item.file.features.joined(separator: ", ")
            let start = run.log.start
            let replicas = item.file.replicas == 1 ? "1 replica" : "\(item.file.replicas) replicas"
            let circumstances =
                [
                    HTTPDate.text(unixSeconds: start?.startedAt ?? 0), replicas, "sparring \(start?.kit ?? "")",
                ] + (start?.machine.map { [$0] } ?? [])
            return """
                <article class="card"><div><h2>\(Markup.escape(item.name))</h2>
                <p>\(Markup.escape("\(outcome) · \(RunCounts(run).words)"))</p>
                <p>\(Markup.escape("features: \(features)"))</p>
                <p class="quiet">\(Markup.escape(circumstances.joined(separator: " · ")))</p></div>
                </article>

                """
        }
        return "<header><h1>Gateways</h1>\n<div class=\"cards\">\n\(cards.joined())</div></header>\n<main>\n"
    }

    private static func ledger(_ file: GatewayRunFile, of name: String) throws(GatewayFileProblem) -> String {
        let tables = try GatewayLedgerTables(file.ledger)
        guard !tables.upstreams.isEmpty else { return "" }
        return """
            <section><h2>\(Markup.escape("\(name): the ledger"))</h2>
            <p class="quiet">Requests whose answer no client received are part of the upstreams' side.</p>
            <h3>What the upstreams did</h3>
            \(table(GatewayLedgerTables.upstreamHead, tables.upstreams))
            <h3>Both ends</h3>
            \(table(GatewayLedgerTables.bothEndsHead, tables.bothEnds))
            \(booked(tables))</section>

            """
    }

    private static func booked(_ tables: GatewayLedgerTables) -> String {
        guard !tables.booked.isEmpty else { return "" }
        let problems = tables.problems.map { "<p>\(Markup.escape($0))</p>\n" }.joined()
        return "<h3>What the gateway booked</h3>\n" + table(GatewayLedgerTables.bookedHead, tables.booked) + "\n"
            + problems
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let cells = head.map { "<th scope=\"col\">\(Markup.escape($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\(Markup.escape($0))</td>" }.joined() + "</tr>\n"
        }
        return "<div class=\"scroll\"><table class=\"checks\"><thead><tr>\(cells)</tr></thead>\n<tbody>\n"
            + "\(body.joined())</tbody></table></div>"
    }
}
