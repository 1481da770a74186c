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
        case "model":
            switch self {
            case .embeddings: "text-embedding-3-small"
            case .completions: "gpt-3.5-turbo-instruct"
            case .transcriptions: "gpt-4o-transcribe"
            case .translations: "whisper-1"
            case .speech: "gpt-4o-mini-tts"
            default: "gpt-4o-mini"
            }
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

    private func listening(_ id: String, as known: String) -> ModelInfo {
        opened(known)?.renamed(id)
            ?? ModelInfo(id: id, kind: .transcription, contextWindow: 16_000, maximumOutput: 2_000)
    }

    /// A table in which the endpoint has a model of that name: as it was known, where it was known here.
    func admitting(_ id: String, to endpoint: Endpoint) -> ModelTable {
        var model = ModelInfo(id: id, contextWindow: 128_000, maximumOutput: 16_384)
        switch endpoint {
        case .embeddings:
            model.kind = .embedding(dimensions: 1536, isShortenable: true)
            (model.contextWindow, model.maximumOutput) = (8192, 0)
        case .completions: model.kind = .completion(takesSuffix: true)
        case .moderations: model.kind = .moderation(readsImages: true)
        case .transcriptions: model = listening(id, as: "gpt-4o-transcribe")
        // What translates is the open model, whatever it is called.
        case .translations: return adding(listening(id, as: "whisper-1"))
        case .speech: (model.kind, model.contextWindow, model.maximumOutput) = (.speech, 2_000, 0)
        default: break
        }
        guard let known = opened(id), endpoint == .model || known.kind.isLike(model.kind) else { return adding(model) }
        return adding(known)
    }
}

extension ModelInfo.Kind {
    fileprivate func isLike(_ other: Self) -> Bool {
        switch (self, other) {
        case (.chat, .chat), (.embedding, .embedding), (.completion, .completion), (.moderation, .moderation),
            (.transcription, .transcription), (.speech, .speech):
            true
        default: false
        }
    }
}
