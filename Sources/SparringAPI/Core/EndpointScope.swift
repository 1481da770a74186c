/// The permissions of restricted keys.
extension Endpoint {
    /// The permission that the operation needs, as the API's 401 names it.
    ///
    /// Source: messages quoted in public issue trackers for `model.request`, `api.responses.write` and `api.delete`; the other permissions
    /// are named by analogy.
    package var scope: String {
        let (method, path) = (operation.method, operation.path)
        let isReading = method == "GET"
        if path.hasPrefix("/v1/responses") || path.hasPrefix("/v1/conversations") {
            return isReading ? "api.responses.read" : "api.responses.write"
        }
        if path.hasPrefix("/v1/models") { return isReading ? "api.model.read" : "api.delete" }
        return "model.request"
    }

    /// The family of operations: `files`, `batches`, `chat`. Operations that call no model have limits by family.
    package var family: String {
        String(operation.path.split(separator: "/").dropFirst().first ?? "")
    }

    /// Every permission that an operation needs.
    package static let scopes = Set(allCases.map(\.scope)).sorted()
}

extension APIError {
    /// Source: the status is 401 since 2025 and was 403 before; `code` is null for the older scopes and `missing_scope` for those of the
    /// API's objects.
    package static func missingScope(_ scope: String) -> APIError {
        APIError(
            status: 401,
            message:
                "You have insufficient permissions for this operation. Missing scopes: \(scope). Check that you have the "
                + "correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a "
                + "restricted API key, that it has the necessary scopes.",
            code: scope.hasPrefix("api.") ? "missing_scope" : nil)
    }

    /// - Parameter key: the key as the client sent it.
    package static func incorrectKey(_ key: String) -> APIError {
        APIError(
            status: 401,
            message: "Incorrect API key provided: \(masked(key)). You can find your API key at "
                + "https://platform.openai.com/account/api-keys.", code: "invalid_api_key")
    }

    /// The first eight and the last four characters; a key of up to twelve characters is shown whole.
    static func masked(_ key: String) -> String {
        guard key.count > 12 else { return key }
        return key.prefix(8) + String(repeating: "*", count: key.count - 12) + key.suffix(4)
    }

    /// - Parameter isKnown: true if the organization exists but does not match the key.
    package static func organization(_ name: String, isKnown: Bool) -> APIError {
        guard isKnown else {
            return APIError(status: 401, message: "No such organization: \(name).", code: "invalid_organization")
        }
        return APIError(
            status: 401, message: "OpenAI-Organization header should match organization for API key",
            code: "mismatched_organization")
    }

    package static let mismatchedProject = APIError(
        status: 401, message: "OpenAI-Project header should match project for API key", code: "mismatched_project")

    package static func noAccess(to model: String, project: String) -> APIError {
        APIError(
            status: 403, message: "Project `\(project)` does not have access to model `\(model)`",
            code: "model_not_found")
    }
}
