import SparringJSON
import SparringTokens
import SparringWire

extension ChatRequest {
    /// Renders the answer as one JSON body, or as events if the client asked for a stream.
    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let completion = ChatCompletion(content ?? .text(""), for: self, context: context, ids: &ids)
        let type = digest.isStream ? "text/event-stream; charset=utf-8" : "application/json"
        let headers = StandardHeaders.fields(
            contentType: type, context: context, ids: &ids, rateLimits: context.rateLimits, counter: model.counter)
        var rendered = Rendered(Answer(status: 200, headers: headers))
        if let stored {
            let whole = (try? JSONValue.parse(completion.body(self))) ?? .null
            let seed = Int(truncatingIfNeeded: ids.next() >> 1)
            rendered.effects.append(
                .store(StoredCompletion(whole, to: stored, requestID: headers["x-request-id"] ?? "", seed: seed)))
        }
        rendered.answer.usage = completion.usage.usage
        guard digest.isStream else {
            rendered.answer.body = .whole(completion.body(self))
            return rendered
        }
        var stream = ChatStream(completion, self, padding: includesObfuscation ? ids : nil)
        rendered.answer.body = .events(stream.make())
        return rendered
    }
}
