package import SparringJSON
package import SparringWire

/// Azure's dialect of the API: the same operations under other paths, with Azure's own errors, header fields and content filters.
///
/// Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference and bodies quoted in public issue trackers.
package struct AzureDialect: Sendable, Hashable {
    /// The operation's path in the API reference: `/v1/chat/completions`.
    package var path: String
    /// The deployment in the path; nil if the body names the deployment as its model.
    package var deployment: String?
    /// `api-version`, if given.
    package var version: String?
    /// `x-ms-client-request-id` of the request.
    package var clientRequestID: String?
    /// False for requests that Azure rejects: a missing version, or an operation that deployments do not have.
    package var isServed: Bool

    /// The operations of deployments.
    private static let ofDeployments: Set<String> = [
        "/chat/completions", "/completions", "/embeddings", "/audio/transcriptions", "/audio/translations",
        "/audio/speech", "/images/generations", "/images/edits",
    ]

    /// The first segments of paths that only the OpenAI API has: its administration, and products other than models.
    ///
    /// Source: the published specifications of Azure's v1 API (Azure/azure-rest-api-specs, `OpenAI.v1`) contain none of
    /// these paths.
    private static let notServed: Set<Substring> = [
        "agents", "chatkit", "content_provenance_checks", "decisions", "live", "moderations", "organization",
        "projects", "safety", "skills", "vaults", "webhook_endpoints", "webhook_event_types",
    ]
    /// Single paths that Azure lacks, although it has other paths of the same families.
    private static let notServedPaths = ["/v1/audio/voice_consents", "/v1/audio/voices", "/v1/images/variations"]

    /// - Parameter path: the path in OpenAI's form: `/v1/evals`.
    private static func has(_ path: String) -> Bool {
        let family = path.dropFirst("/v1/".utf8.count).prefix { $0 != "/" }
        return !notServed.contains(family) && !notServedPaths.contains { path == $0 || path.hasPrefix("\($0)/") }
    }

    /// - Parameter path: without a session's prefix.
    /// - Returns: nil if the path is not Azure's.
    package init?(path: Substring, query: QueryItems, clientRequestID: String?) {
        guard path.begins(with: "/openai/") else { return nil }
        let rest = path.dropFirst("/openai".utf8.count)
        version = query["api-version"]
        self.clientRequestID = clientRequestID
        if rest.hasPrefix("/v1/") {
            self.path = String(rest)
            isServed = Self.has(self.path)
            return
        }
        let isVersioned = version.map(Self.isVersion) ?? false
        guard rest.hasPrefix("/deployments/") else {
            self.path = "/v1" + rest
            isServed = isVersioned && Self.has(self.path)
            return
        }
        let named = rest.dropFirst("/deployments/".utf8.count)
        let end = named.firstIndex(of: "/") ?? named.endIndex
        deployment = PercentEncoding.decode(named[..<end])
        self.path = "/v1" + named[end...]
        isServed = isVersioned && end > named.startIndex && Self.ofDeployments.contains(String(named[end...]))
    }

    /// A request to a path that Azure does not have, with Azure's key: a client whose base URL lacks `/openai`.
    package init(unknown path: Substring, clientRequestID: String?) {
        self.path = String(path)
        self.clientRequestID = clientRequestID
        isServed = false
    }

    /// `2024-10-21`, `2025-04-01-preview`.
    private static func isVersion(_ text: String) -> Bool {
        CivilDate(text.hasSuffix("-preview") ? text.dropLast("-preview".utf8.count) : text[...]) != nil
    }

    /// The body with the deployment as its model. Azure's model names have no dots.
    package func named(_ body: JSONValue?) -> JSONValue? {
        guard let body, let name = deployment ?? body["model"]?.string else { return body }
        let azures = "gpt-35-turbo"
        let model = name.hasPrefix(azures) ? "gpt-3.5-turbo" + name.dropFirst(azures.utf8.count) : name
        return body.replacing("model", with: .string(model))
    }
}
