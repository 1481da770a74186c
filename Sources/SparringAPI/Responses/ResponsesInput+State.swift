/// The relations between the items of an input: results belong to calls, references to stored items.
extension ResponsesInput {
    /// The first inconsistency between items, in the API's words.
    func inconsistency() -> APIError? {
        var calls: Set<String> = []
        var outputs: Set<String> = []
        for item in items {
            switch item {
            case .functionCall(let id, _, _): calls.insert(id)
            case .functionOutput(let id, _): outputs.insert(id)
            case .reference(let id): return Self.itemNotFound(id)
            default: break
            }
        }
        for item in items {
            switch item {
            case .functionOutput(let id, _) where !calls.contains(id):
                return APIError(
                    message: "No tool call found for function call output with call_id \(id).",
                    param: "input"
                )
            case .functionCall(let id, _, _) where !outputs.contains(id):
                return APIError(message: "No tool output found for function call \(id).", param: "input")
            default: break
            }
        }
        for (index, item) in items.enumerated() {
            guard case .reasoning(let id?) = item else { continue }
            if let next = items.dropFirst(index + 1).first, next.isModelMade { continue }
            return APIError(
                message: "Item '\(id)' of type 'reasoning' was provided without its required following item.",
                param: "input")
        }
        return nil
    }

    private static func itemNotFound(_ id: String) -> APIError {
        APIError(
            status: 404,
            message:
                "Item with id '\(id)' not found. Items are not persisted when `store` is set to false. Try again with "
                + "`store` set to true, or remove this item from your input.",
            param: "input"
        )
    }

    var lastUser: String? {
        for case .user(let text) in items.reversed() { return text }
        return nil
    }

    /// The instructions, followed by the system and developer messages in order.
    func system(instructions: String?) -> String? {
        var texts = instructions.map { [$0] } ?? []
        for case .system(let text) in items { texts.append(text) }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    var toolResults: [String] {
        var results: [String] = []
        for item in items {
            if case .functionOutput(_, let text) = item {
                results.append(text)
            } else if item.isModelMade {
                results = []
            }
        }
        return results
    }

    /// The number of the turn: 1 + the number of the model's turns so far. Consecutive items of the model (reasoning, a message, parallel
    /// calls) are one turn.
    var turn: Int {
        var turns = 1
        var wasModelMade = false
        for item in items {
            if item.isModelMade, !wasModelMade { turns += 1 }
            wasModelMade = item.isModelMade
        }
        return turns
    }

    /// True if any message contains the word, case-insensitively; the `json_object` format requires this.
    func mentions(_ word: String) -> Bool {
        items.contains { item in
            switch item {
            case .user(let text), .system(let text), .assistant(let text), .functionOutput(_, let text):
                text.lowercased().contains(word)
            default: false
            }
        }
    }
}

extension ResponsesInput.Item {
    fileprivate var isModelMade: Bool {
        switch self {
        case .assistant, .functionCall, .generated, .reasoning: true
        default: false
        }
    }
}
