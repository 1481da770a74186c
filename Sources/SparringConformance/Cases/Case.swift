package import SparringScenario

/// A conformance case: a task for the client, a script for the server, and the behaviour of a good client.
///
/// The script is an ordinary scenario; each part of `expect` becomes a check with its own id.
package struct Case: Sendable, SelectableCase {
    /// A stable id such as `retry.429-then-ok`, never reused.
    package var id: String
    /// The suite that introduced the case, such as `2026.1`; empty for a user's case.
    package var since: String
    /// The behaviour of a good client: a verb and an object, such as “Retries after a rate limit”.
    package var title: String
    /// The reason why the case matters, in one or two sentences.
    package var why: String
    /// Standards, documents and issues to look up.
    package var references: [String]
    /// Capabilities that a client needs for the case to apply, in addition to the capabilities of the operation.
    package var needs: [Capability]
    package var level: Level
    package var task: CaseTask
    package var scenario: Scenario
    package var expectation: Expectation
    /// A deadline that replaces the computed one.
    package var timeout: Duration?
    /// Whether the client may wait past the deadline, because the server asks for a wait.
    package var mayWait: Bool
    /// Whether the case runs alone at the end of the run, because its timing is tight.
    package var isExclusive: Bool
    /// The first line of the case in its file.
    package var line: Int
    /// The file of a user's case; nil for a built-in case.
    package var file: String?

    /// Whether the case belongs to the suite.
    package var isBuiltIn: Bool { !since.isEmpty }

    /// The part of the id before the dot. This first part of the id is also the name of the file.
    package var theme: String { String(id.prefix { $0 != "." }) }

    /// The ids of the case's checks, in the order of the report.
    package var checkIDs: [String] { expectation.requirements(level: level).map { "\(id)#\($0.slug)" } }
}
