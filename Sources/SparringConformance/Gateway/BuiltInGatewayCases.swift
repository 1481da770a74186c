package import SparringScenario

/// The gateway cases that are embedded in the binary.
package enum BuiltInGatewayCases {
    /// - Throws: `Mistakes` if a file is wrong; a test prevents that in a release.
    package static func load(errors: ScenarioLoader.Errors) throws -> [GatewayCase] {
        try EmbeddedCases.gateway.flatMap { file in
            try GatewayCaseParser.load(
                text: file.text, file: "scenarios/gateway/\(file.name).yaml", errors: errors
            ).get()
        }
    }
}

extension Selection {
    package func select(from cases: [GatewayCase]) -> [GatewayCase] {
        patterns.isEmpty ? cases : cases.filter { found in patterns.contains { Self.matches(found.id, $0) } }
    }

    /// Patterns that select no case, each with the nearest id.
    package func unmatched(among cases: [GatewayCase]) -> [(pattern: String, nearest: String?)] {
        patterns.filter { pattern in !cases.contains { Self.matches($0.id, pattern) } }
            .map { ($0, Nearest.name(to: $0, among: cases.map(\.id))) }
    }
}

extension RunEvent.CaseStart {
    package init(_ subject: GatewayCase, token: String, round: Int) {
        self.init(
            id: subject.id, session: token, round: round, level: subject.level, title: subject.title, why: subject.why,
            references: subject.references, file: subject.file)
    }
}
