extension Scenario {
    /// The accepted keys, with their projects and organizations.
    package struct Accounts: Sendable, Hashable {
        package var keys: [String: Key]
        package var projects: [String: Project]
        package var acceptsUnknownKeys: Bool

        package init(keys: [String: Key], projects: [String: Project] = [:], acceptsUnknownKeys: Bool = false) {
            self.keys = keys
            self.projects = projects
            self.acceptsUnknownKeys = acceptsUnknownKeys
        }

        /// Whether any key belongs to the organization. The API rejects unknown organizations with a separate error.
        package func knows(organization: String) -> Bool {
            keys.values.contains { $0.organizations.contains(organization) }
        }
    }

    package struct Key: Sendable, Hashable {
        /// The organizations that the key belongs to. The first is the default for requests that name none. If empty,
        /// the key belongs to the default organization.
        package var organizations: [String]
        package var projects: [String]
        package var isRevoked: Bool
        /// If nil, the key is unrestricted.
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
        /// If nil, the key may use all models.
        package var models: [String]?
        package var limits: Limits?

        package init(models: [String]? = nil, limits: Limits? = nil) {
            self.models = models
            self.limits = limits
        }
    }
}
