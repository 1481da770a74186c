import SparringConformance
import SparringExchange
import SparringScenario

/// An HTML page with a table of clients × cases. Each cell links to the checks of the case and its wire, and each case links to its own
/// page. The report loads no other files, and works without its script, which adds filters and keyboard commands.
package enum HTMLReport {
    package static func text(_ runs: [GradedRun]) -> String {
        let matrix = Matrix(runs)
        return HTMLPage.head(title: "Conformance") + header(runs) + filters(matrix) + table(runs, matrix)
            + panels(runs) { run, entry in run.again(entry) } + CasePages.text(runs, matrix) + HTMLPage.foot
    }

    // MARK: The matrix

    private static func header(_ runs: [GradedRun]) -> String {
        let cards = runs.map { run in
            let grade = run.grade
            let letter = grade?.letter?.rawValue ?? "–"
            let outcome = run.log.end?.outcome.words ?? "the log is incomplete"
            return """
                <article class="card grade-\(letter == "–" ? "none" : letter.lowercased())">
                <p class="letter" aria-label="grade">\(letter)</p>
                <div><h2>\(Markup.escape(run.name))</h2>
                <p>\(Markup.escape(grade?.words ?? "no grade"))</p>
                <p>\(Markup.escape("\(outcome) · \(RunCounts(run).words)"))</p>
                \(refused(run))<p class="quiet">\(Markup.escape(run.circumstances))</p></div>
                </article>

                """
        }
        return "<header><h1>Conformance</h1>\n<div class=\"cards\">\n\(cards.joined())</div></header>\n<main>\n"
    }

    private static func refused(_ run: GradedRun) -> String {
        RefusedRequests.lines(run.log).map { "<p class=\"warned\">refused: \(Markup.escape($0))</p>\n" }.joined()
    }

    static func filters(_ matrix: Matrix) -> String {
        var themes: [String] = []
        for row in matrix.rows where !themes.contains(row.theme) { themes.append(row.theme) }
        func select(_ name: String, _ values: [String]) -> String {
            let options = values.map { "<option>\(Markup.escape($0))</option>" }.joined()
            return
                "<label>\(name) <select data-filter=\"\(name)\"><option value=\"\">all</option>\(options)</select></label>"
        }
        return """
            <form class="filters" hidden>
            <label>find <input type="search" data-filter="text" placeholder="id or title"></label>
            \(select("theme", themes))
            \(select("level", Level.allCases.map(\.rawValue)))
            <label><input type="checkbox" data-filter="wrong"> only findings</label>
            <span class="quiet" data-count role="status"></span>
            <span class="quiet">arrow keys: move, Enter: open, Esc: close, /: find</span>
            </form>

            """
    }

    static func table(_ runs: [GradedRun], _ matrix: Matrix) -> String {
        let head = runs.map { "<th scope=\"col\">\(Markup.escape($0.name))</th>" }.joined()
        var group = ""
        let rows = ReportGroup.all(matrix, runs).map { item -> String in
            let row = item.row
            let opening =
                item.group == group
                ? ""
                : "<tr class=\"theme\" data-group=\"\(Markup.escape(item.group))\"><th colspan=\"\(runs.count + 2)\" scope=\"rowgroup\">"
                    + "<b>\(Markup.escape(item.group))</b></th></tr>\n"
            group = item.group
            let cells = row.entries.enumerated().map { index, entry in cell(runs[index], index, entry) }.joined()
            return opening + """
                <tr data-group="\(Markup.escape(item.group))" data-theme="\(Markup.escape(row.theme))" data-level="\(row.level.rawValue)" data-wrong="\(item.isFinding)">
                <th scope="row">\(CasePages.link(to: row.id))<span>\(Markup.escape(row.title))</span></th>
                <td class="level">\(row.level.rawValue.uppercased())</td>\(cells)</tr>

                """
        }
        return """
            <div class="matrix"><table><thead><tr><th scope="col">case</th><th scope="col">level</th>\(head)</tr></thead>
            <tbody>
            \(rows.joined())</tbody></table></div>

            """
    }

    /// The result of a case in a run, with a link to its checks. Arrow keys must also reach the cell of a case that was not played.
    static func cell(_ run: GradedRun, _ index: Int, _ entry: RunLog.Entry?) -> String {
        guard let entry else { return "<td><span class=\"cell none\" tabindex=\"-1\">–</span></td>" }
        let face = Face(run.standing(entry), entry)
        let id = Markup.escape(entry.start.id)
        let label = Markup.escape("\(entry.start.id), \(run.name): \(face.word)")
        return "<td><a class=\"cell \(face.kind)\" href=\"#r\(index)-\(id)\" aria-label=\"\(label)\">"
            + "<span aria-hidden=\"true\">\(face.sign)</span> \(face.word)</a></td>"
    }

    // MARK: Behind a cell

    /// - Parameter again: the command that plays a case again.
    static func panels(_ runs: [GradedRun], again: (GradedRun, RunLog.Entry) -> String) -> String {
        let panels = runs.enumerated().flatMap { index, run in
            run.inOrder.map { panel(run, index, $0, again: again(run, $0)) }
        }
        return "</main>\n" + panels.joined()
    }

    private static func panel(_ run: GradedRun, _ index: Int, _ entry: RunLog.Entry, again: String) -> String {
        let face = Face(run.standing(entry), entry)
        let id = Markup.escape(entry.start.id)
        let checks = entry.checks.map { check in
            """
            <tr class="\(check.verdict.rawValue)"><td>\(check.verdict.rawValue)</td><td>\(check.level.rawValue.uppercased())</td>
            <td>\(Markup.escape(check.requirement))<br><code>\(Markup.escape(check.id.drop { $0 != "#" }))</code></td>
            <td>\(Markup.escape(check.expected))</td><td>\(Markup.escape(check.actual))</td></tr>

            """
        }
        let known = entry.known.map { finding in
            "<p>Known failures, line \(finding.line): \(finding.state.rawValue)"
                + (finding.reason.map { " (\(Markup.escape($0)))" } ?? "") + "</p>\n"
        }
        return """
            <section class="panel" id="r\(index)-\(id)" aria-labelledby="t\(index)-\(id)" tabindex="-1">
            <a class="close" href="#" aria-label="close">×</a>
            <p class="quiet">\(Markup.escape(run.name))</p>
            <h2 id="t\(index)-\(id)"><span class="cell \(face.kind)">\(face.sign) \(face.word)</span> <code>\(id)</code></h2>
            <p><strong>\(Markup.escape(entry.start.title)).</strong> \(Markup.escape(entry.start.why))</p>
            \(known.joined())<div class="scroll"><table class="checks"><thead><tr><th>verdict</th><th>level</th><th>requirement</th><th>expected</th><th>actual</th></tr></thead>
            <tbody>
            \(checks.joined())</tbody></table></div>
            <h3>Wire</h3>
            <p class="quiet">\(Marbles.legend)</p>
            <pre tabindex="0">\(Markup.escape(WireTrace.lines(entry.exchanges).joined(separator: "\n")))</pre>
            \(bytes(entry))\(ending(entry))<h3>Again</h3>
            <pre tabindex="0">\(Markup.escape(again))</pre>
            <p>\(CasePages.link(to: entry.start.id)): script, sources, and the result of each run</p>
            </section>

            """
    }

    private static func bytes(_ entry: RunLog.Entry) -> String {
        let lines = entry.exchanges.flatMap(WireTrace.byteLines)
        guard !lines.isEmpty else { return "" }
        return "<h3>Bytes</h3>\n<pre tabindex=\"0\">\(Markup.escape(lines.joined(separator: "\n")))</pre>\n"
    }

    private static func ending(_ entry: RunLog.Entry) -> String {
        guard let end = entry.end else { return "<p>The run ended before the case.</p>\n" }
        let streams = [
            ("Returned", end.returned ?? ""), ("Standard output", end.standardOutput),
            ("Standard error", end.standardError),
        ]
        .filter { !$0.1.isEmpty }
        .map { "<h3>\($0)</h3>\n<pre tabindex=\"0\">\(Markup.escape($1))</pre>\n" }
        return "<p>Ended: \(Markup.escape(end.endingWords)).</p>\n" + streams.joined()
    }

    /// The look of a status: a sign and a word, so that readers do not depend on its color.
    private struct Face {
        var kind: String
        var sign: String
        var word: String

        init(_ standing: CaseStatus, _ entry: RunLog.Entry) {
            (kind, sign, word) =
                switch standing {
                case .held: ("held", "✓", "pass")
                case .failed: ("failed", "✗", entry.verdict)
                case .known: ("known", "✗", "known failure")
                case .stale: ("failed", "!", "stale")
                case .warned: ("warned", "▲", "warn")
                case .open(let verdict): ("open", "○", verdict.rawValue)
                case .broken: ("failed", "!", "error")
                case .unplayed: ("failed", "!", "not run")
                }
        }
    }
}
