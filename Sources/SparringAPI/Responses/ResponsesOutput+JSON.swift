import SparringJSON

extension ResponsesOutput.Item {
    /// Writes the item in its final form, or as it is announced (`isBegun`): in progress and empty.
    ///
    /// Keys have the recorded order: id, type, status, then the other keys alphabetically.
    func write(isBegun: Bool = false, to writer: inout JSONWriter) {
        if case .scripted(let item) = kind { return writer.value(.object(isBegun ? item.begun : item.done)) }
        let status = isBegun ? "in_progress" : isComplete ? "completed" : "incomplete"
        writer.object { writer in
            writer.member("id", id)
            switch kind {
            case .reasoning(let encrypted):
                writer.member("type", "reasoning")
                // Recorded since June 2026: reasoning has an empty `content`.
                writer.member("content") { $0.array { _ in } }
                if let encrypted { writer.member("encrypted_content", encrypted) }
                writer.member("summary") { $0.array { _ in } }
            case .text(let phase), .refusal(let phase):
                writer.member("type", "message")
                writer.member("status", status)
                writer.member("content") { writer in
                    writer.array { writer in if !isBegun { writer.element { writePart(text, to: &$0) } } }
                }
                if let phase { writer.member("phase", phase) }
                writer.member("role", "assistant")
            case .call(let callID, let name):
                writer.member("type", "function_call")
                writer.member("status", status)
                writer.member("arguments", isBegun ? "" : text)
                writer.member("call_id", callID)
                writer.member("name", name)
            case .scripted: break
            }
        }
    }

    /// The log probabilities of a text; empty if there is no text.
    private func logprobs(of text: String) -> JSONValue {
        guard let topLogprobs, !text.isEmpty else { return [] }
        return .array(ResponsesLogprobs.of(pieces, top: topLogprobs))
    }

    /// The single content part of a message.
    func writePart(_ text: String, to writer: inout JSONWriter) {
        writer.object { writer in
            if case .refusal = kind {
                writer.member("type", "refusal")
                writer.member("refusal", text)
            } else {
                writer.member("type", "output_text")
                writer.member("annotations") { $0.array { _ in } }
                writer.member("logprobs", logprobs(of: text))
                writer.member("text", text)
            }
        }
    }
}
