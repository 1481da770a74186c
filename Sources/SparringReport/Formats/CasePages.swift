import SparringConformance
import SparringScenario

/// The pages of cases inside an HTML report: for each case, its purpose, its result in each run, its script and its sources. The pages are
/// part of the report, because its reader may have neither Sparring nor its documentation.
enum CasePages {
    static func text(_ runs: [GradedRun], _ matrix: Matrix) -> String {
        matrix.rows.map { page($0, runs) }.joined()
    }

    /// The link to a case's page.
    static func link(to id: String) -> String {
        let id = Markup.escape(id)
        return "<a href=\"#c-\(id)\"><code>\(id)</code></a>"
    }

    private static func page(_ row: Matrix.Row, _ runs: [GradedRun]) -> String {
        let id = Markup.escape(row.id)
        let results = zip(runs, row.entries).enumerated().map { index, pair in
            "<tr><th scope=\"row\">\(Markup.escape(pair.0.name))</th>\(HTMLReport.cell(pair.0, index, pair.1))</tr>\n"
        }
        let start = row.entries.lazy.compactMap { $0?.start }.first
        return """
            <section class="panel" id="c-\(id)" aria-labelledby="n-\(id)" tabindex="-1">
            <a class="close" href="#" aria-label="close">×</a>
            <p class="quiet">\(row.level.rawValue.uppercased()) · theme \(Markup.escape(row.theme))</p>
            <h2 id="n-\(id)"><code>\(id)</code></h2>
            <p><strong>\(Markup.escape(row.title)).</strong> \(Markup.escape(start?.why ?? ""))</p>
            <h3>Results</h3>
            <div class="scroll"><table class="checks"><tbody>
            \(results.joined())</tbody></table></div>
            <h3>The script</h3>
            \(script(row.id, file: start?.file))\(sources(start?.references ?? []))</section>

            """
    }

    /// - Parameter file: the file of a user's case; nil for a built-in case.
    private static func script(_ id: String, file: String?) -> String {
        if let file { return "<p>The case is in <code>\(Markup.escape(file))</code>.</p>\n" }
        guard let source = BuiltInCases.source(id: id) else {
            return "<p>The version of Sparring that made this page does not have the case.</p>\n"
        }
        return "<pre tabindex=\"0\">\(Markup.escape(source))</pre>\n"
    }

    private static func sources(_ references: [String]) -> String {
        guard !references.isEmpty else { return "" }
        return "<h3>Sources</h3>\n<ul>\(references.map { "<li>\(SourceLink.html($0))</li>" }.joined())</ul>\n"
    }
}
