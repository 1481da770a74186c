import SparringJSON

/// How strictly requests are held against what the API takes.
///
/// No check knows of it: a check throws the first complaint that the API would make, and `LenientRequest` decides what becomes of that.
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
        case "model": operation.call.map { .string($0.exampleModel(for: self)) } ?? "gpt-4o-mini"
        case "training_file": "file-example"
        case "file" where hearsSound: Sound.example.json
        case "voice": "alloy"
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

    /// A table in which the endpoint has a model of that name: as it was known, where it was known here.
    func admitting(_ id: String, to endpoint: Endpoint) -> ModelTable {
        adding(admitted(id, to: endpoint))
    }

    /// The model of that name, as it was known, or as the endpoint's models are.
    func admitted(_ id: String, to endpoint: Endpoint) -> ModelInfo {
        if let call = endpoint.operation.call { return call.admitted(id, to: endpoint, from: self) }
        // To be read or deleted, a model may be of any kind.
        if endpoint == .model, let known = opened(id) { return known }
        return chatModel(id)
    }

    /// The chat model of that name, as it was known, or as it might be.
    func chatModel(_ id: String) -> ModelInfo {
        if let known = opened(id), known.kind == .chat { return known }
        return ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384)
    }
}
