package import SparringScenario

/// The suite inside the binary.
package enum BuiltInCases {
    /// Asked first and last: a program that fails it cannot be graded.
    package static let sanity = "sanity.hello"

    /// All cases, by theme, in the order of their files.
    /// - Throws: `Mistakes`, where a file is wrong; a test keeps that from happening in a release.
    package static func load(errors: ScenarioLoader.Errors) throws -> [Case] {
        try EmbeddedFiles.cases.flatMap { file in
            try CaseLoader.load(
                text: file.text, file: "scenarios/conformance/\(file.name).yaml", errors: errors
            ).get()
        }
    }
}
