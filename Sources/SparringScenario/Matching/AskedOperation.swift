package import SparringAPI

/// The operation that a request calls.
package enum AskedOperation: Sendable, Hashable {
    case emulated(Endpoint)
    /// An operation that exists only in the OpenAPI document, by its name: `images.generate`.
    case generic(String)

    /// The name in scenarios, in the journal and in reports.
    package var name: String {
        switch self {
        case .emulated(let endpoint): endpoint.rawValue
        case .generic(let name): name
        }
    }

    package var endpoint: Endpoint? {
        switch self {
        case .emulated(let endpoint): endpoint
        case .generic: nil
        }
    }
}

extension Rule {
    /// True if a rule that names no endpoint may answer an operation that calls no model. Such a rule makes the answer fail, breaks it, or
    /// leaves it unchanged, and does not script model output.
    var fitsEveryOperation: Bool {
        steps.allSatisfy { step in
            switch step.answer {
            case .error, .raw, .silence, .auto: true
            case .text, .tools, .refusal, .json, .items, .batch, .progress, .moderation, .embeddings: false
            }
        }
    }
}
