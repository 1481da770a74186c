import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire

/// The caller of a request: key, organization and project. The call is charged to them, and the answer names them.
package struct Caller: Sendable, Hashable {
    package var organization = AnswerInput.anyOrganization
    package var project = AnswerInput.anyProject
    /// Nil if any key is accepted.
    package var key: String?

    package init() {}

    /// Identifies the caller by its key and by the headers `OpenAI-Organization` and `OpenAI-Project`.
    ///
    /// Without accounts, every key, organization and project is accepted.
    /// - Throws: the API's 401.
    init(of request: Request, for endpoint: Endpoint?, in accounts: Scenario.Accounts?) throws(APIError) {
        let (organization, project) = (request.call.organization, request.call.project)
        guard let accounts else {
            if let organization { self.organization = organization }
            if let project { self.project = project }
            return
        }
        let sent = Credentials.key(of: request) ?? ""
        guard let key = accounts.keys[sent] ?? (accounts.acceptsUnknownKeys ? Scenario.Key() : nil), !key.isRevoked
        else {
            throw sent.isEmpty ? Credentials.missing : .incorrectKey(sent)
        }
        self.key = sent
        let organizations = key.organizations.isEmpty ? [self.organization] : key.organizations
        let projects = key.projects.isEmpty ? [self.project] : key.projects
        self.organization = organization ?? organizations[0]
        self.project = project ?? projects[0]
        guard organizations.contains(self.organization) else {
            throw .organization(self.organization, isKnown: accounts.knows(organization: self.organization))
        }
        guard projects.contains(self.project) else { throw .mismatchedProject }
        if let scopes = key.scopes, let endpoint, !scopes.contains(endpoint.scope) {
            throw .missingScope(endpoint.scope)
        }
    }
}

extension Scenario.Accounts {
    /// True if the caller's project may use the model. If a family is allowed, so are its snapshots and fine-tuned
    /// models.
    func allow(_ model: String, of family: String?, for caller: Caller) -> Bool {
        guard let models = projects[caller.project]?.models else { return true }
        return models.contains(model) || family.map(models.contains) ?? false
    }
}
