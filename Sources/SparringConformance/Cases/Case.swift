package import SparringScenario

/// A numbered question to a client: a task, what the server does to it, and what a good client is seen to do.
///
/// The script is a scenario like any other; `expect` turns into checks with ids of their own.
package struct Case: Sendable {
    /// A stable slug such as `retry.429-then-ok`, never reused.
    package var id: String
    /// The suite that it came with, such as `2026.1`.
    package var since: String
    /// What a good client does, as a sentence.
    package var title: String
    /// What goes wrong where it does not.
    package var why: String
    /// What a reader can look up.
    package var references: [String]
    /// Capabilities that a client must claim for the case to apply.
    package var needs: [Capability]
    package var level: Level
    package var task: CaseTask
    package var scenario: Scenario
    package var expectation: Expectation
    /// Overrides the computed deadline.
    package var timeout: Duration?
    /// To wait beyond the deadline is no offence: the client was asked to.
    package var mayWait: Bool
    /// Its timing is tight: it runs alone, at the end.
    package var isExclusive: Bool
    /// The line of its file that it begins on.
    package var line: Int

    /// The first word of the id, which is the name of the file.
    package var theme: String { String(id.prefix { $0 != "." }) }

    /// The ids of its checks, in the order of the report.
    package var checkIDs: [String] { expectation.requirements(level: level).map { "\(id)#\($0.slug)" } }
}
