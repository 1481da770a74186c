import SparringJSON

/// How strictly requests are checked.
///
/// The checks do not depend on this setting: a check throws the API's first error, and `LenientRequest` decides what happens next.
package enum Validation: String, Sendable, Hashable, CaseIterable {
    /// Rejects the requests that the API rejects.
    case strict
    /// Ignores parameters that the API rejects, and accepts any model name.
    case lenient
    /// Like `lenient`, and invents missing required parameters and unknown objects.
    case examples
}

extension Endpoint {
    /// A value for a required parameter that is missing; nil if no value is sensible.
    func example(of parameter: String) -> JSONValue? {
        switch parameter {
        case "model": operation.call.map { .string($0.exampleModel(for: self)) } ?? "gpt-4o-mini"
        case "training_file": "file-example"
        case "file" where hearsSound: Sound.example.json
        case "voice": "alloy"
        case "image" where makesImages: ["filename": "example.png", "bytes": 0]
        case "prompt" where makesImages: "Example"
        case "messages": [["role": "user", "content": "Example"]]
        case "input": "Example"
        case "metadata", "attributes": [:]
        case "query": "Example"
        case "file_id": "file-example"
        case "file_ids": []
        default: .none
        }
    }
}

extension ModelTable {
    /// A table that contains the model in `examples` mode.
    package func known(in validation: Validation, model id: String?) -> ModelTable {
        guard validation == .examples, let id, self[id] == nil else { return self }
        return admitting(id, to: .model)
    }

    /// A table in which the endpoint accepts that model name. A model that is shut down keeps its properties in this table.
    func admitting(_ id: String, to endpoint: Endpoint) -> ModelTable {
        adding(admitted(id, to: endpoint))
    }

    /// The model of that name if the table contains it, or else a typical model of the endpoint.
    func admitted(_ id: String, to endpoint: Endpoint) -> ModelInfo {
        if let call = endpoint.operation.call { return call.admitted(id, to: endpoint, from: self) }
        // Any kind of model can be retrieved or deleted.
        if endpoint == .model, let known = opened(id) { return known }
        return chatModel(id)
    }

    /// The chat model of that name: a known model even if it is shut down, or else an invented model.
    func chatModel(_ id: String) -> ModelInfo {
        if let known = opened(id), known.kind == .chat { return known }
        return ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384)
    }
}
