import SparringJSON

/// How strictly requests are held against what the API takes.
///
/// No check knows of it: a check throws the first complaint that the API would make, and `Draft` decides what becomes of that.
package enum Validation: String, Sendable, Hashable, CaseIterable {
    /// Refuses what the API refuses.
    case strict
    /// Answers what can be answered: what the API complains about counts as left out, and any name as a model's.
    case lenient
    /// As `lenient`, and makes up what is missing: parameters that a request must have, objects that nobody has stored.
    case examples
}

extension Endpoint {
    /// What a request that must have a parameter could have said; nil where nothing is as good as anything else.
    func example(of parameter: String) -> JSONValue? {
        switch parameter {
        case "model": self == .embeddings ? "text-embedding-3-small" : "gpt-4o-mini"
        case "messages": [["role": "user", "content": "Example"]]
        case "input": "Example"
        case "metadata": [:]
        default: .none
        }
    }
}

extension ModelTable {
    /// A table that has the model where objects are made up that nobody has stored.
    package func known(in validation: Validation, model id: String?) -> ModelTable {
        guard validation == .examples, let id, self[id] == nil else { return self }
        return admitting(id, to: .model)
    }

    /// A table in which the endpoint has a model of that name.
    func admitting(_ id: String, to endpoint: Endpoint) -> ModelTable {
        guard endpoint == .embeddings else {
            return adding(ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384))
        }
        let kind = ModelInfo.Kind.embedding(dimensions: 1536, isShortenable: true)
        return adding(ModelInfo(id: id, kind: kind, contextWindow: 8192, maximumOutput: 0))
    }
}
