/// The scenarios and fixtures that are part of the binary.
package enum BuiltIn {
    package static let names = EmbeddedScenarios.scenarios.map(\.name)
    static let fixtureNames = EmbeddedScenarios.fixtures.map(\.name)

    /// The text of a scenario's file.
    package static func text(of name: String) -> String? { EmbeddedScenarios.scenarios.first { $0.name == name }?.text }

    /// The first comment line of a scenario's file.
    package static func summary(of name: String) -> String? {
        text(of: name)?.split(separator: "\n").first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
    }

    /// The text of a fixture, by its path below `fixtures/` without the file name extension.
    static func fixture(named name: String) -> String? { EmbeddedScenarios.fixtures.first { $0.name == name }?.text }
}
