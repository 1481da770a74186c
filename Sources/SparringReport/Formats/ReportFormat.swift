/// The formats of a report. Each format is a pure function of the log.
package enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    /// The format for people at a terminal.
    case console
    case junit
    case tap
    case markdown
    /// One HTML page that needs no server.
    case html
    /// JSON for the endpoint badge of shields.io.
    case badge
    /// The grade's badge as an image.
    case svg
    /// A prompt for a coding agent.
    case prompt

    /// Whether a report may show several runs.
    package var takesSeveral: Bool { self != .badge && self != .svg }

    /// - Parameters:
    ///   - runs: at least one; exactly one if the format does not accept several.
    ///   - tracesAll: whether the console format shows the wire of every case.
    ///   - style: the colors of the console format.
    package func text(_ runs: [GradedRun], tracesAll: Bool = false, style: TextStyle = .plain) -> String {
        switch self {
        case .console:
            runs.map { ConsoleReport(tracesAll: tracesAll, style: style).lines($0.log).joined(separator: "\n") + "\n" }
                .joined()
        case .junit: JUnitReport.text(runs)
        case .tap: TAPReport.text(runs)
        case .markdown: MarkdownReport.text(runs)
        case .html: HTMLReport.text(runs)
        case .badge: runs.first.map(BadgeReport.endpoint) ?? ""
        case .svg: runs.first.map(BadgeReport.svg) ?? ""
        case .prompt: PromptReport.text(runs)
        }
    }
}
