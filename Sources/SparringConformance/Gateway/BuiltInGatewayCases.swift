package import SparringScenario

/// The gateway cases that are embedded in the binary.
package enum BuiltInGatewayCases {
    /// - Throws: `Mistakes` if a file has mistakes; a test prevents this in a release.
    package static func load(errors: ScenarioLoader.Errors) throws -> [GatewayCase] {
        try EmbeddedCases.gateway.flatMap { file in
            try GatewayCaseParser.load(
                text: file.text, file: "scenarios/gateway/\(file.name).yaml", errors: errors
            ).get()
        }
    }
}

extension RunEvent.CaseStart {
    package init(_ subject: GatewayCase, token: String, round: Int) {
        self.init(
            id: subject.id, session: token, round: round, level: subject.level, title: subject.title, why: subject.why,
            references: subject.references, file: subject.file)
    }
}
