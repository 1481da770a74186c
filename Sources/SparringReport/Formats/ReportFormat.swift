/// The forms in which a run can be shown. Each is a pure rendering of the log.
package enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    /// For people at a terminal.
    case console
    case junit
    case tap
    case markdown
    /// One page, readable from disk.
    case html
    /// The endpoint JSON that shields.io reads.
    case badge
    /// The badge as a picture.
    case svg
    /// For a coding agent.
    case prompt

    /// Whether several runs fit into one report.
    package var takesSeveral: Bool { self != .badge && self != .svg }

    /// - Parameter runs: one or more; one where the format takes no more.
    /// - Parameter tracesAll: the console shows the wire of every case.
    package func text(_ runs: [GradedRun], tracesAll: Bool = false) -> String {
        switch self {
        case .console:
            runs.map { ConsoleReport(tracesAll: tracesAll).lines($0.log).joined(separator: "\n") + "\n" }.joined()
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
