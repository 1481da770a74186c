extension Scenario {
    /// Who may call: keys, and the projects and organizations that they belong to.
    package struct Accounts: Sendable, Hashable {
        package var keys: [String: Key]
        package var projects: [String: Project]
        package var acceptsUnknownKeys: Bool

        package init(keys: [String: Key], projects: [String: Project] = [:], acceptsUnknownKeys: Bool = false) {
            self.keys = keys
            self.projects = projects
            self.acceptsUnknownKeys = acceptsUnknownKeys
        }

        /// Organizations that some key belongs to: another one is unknown, not merely the wrong one.
        package func knows(organization: String) -> Bool {
            keys.values.contains { $0.organizations.contains(organization) }
        }
    }

    package struct Key: Sendable, Hashable {
        /// Where it belongs; the first is meant where a request names none. Empty: the one that every key has by default.
        package var organizations: [String]
        package var projects: [String]
        package var isRevoked: Bool
        /// Nil: unrestricted.
        package var scopes: [String]?
        package var limits: Limits?

        package init(
            organizations: [String] = [], projects: [String] = [], isRevoked: Bool = false, scopes: [String]? = nil,
            limits: Limits? = nil
        ) {
            self.organizations = organizations
            self.projects = projects
            self.isRevoked = isRevoked
            self.scopes = scopes
            self.limits = limits
        }
    }

    package struct Project: Sendable, Hashable {
        /// Nil: all models.
        package var models: [String]?
        package var limits: Limits?

        package init(models: [String]? = nil, limits: Limits? = nil) {
            self.models = models
            self.limits = limits
        }
    }
}
