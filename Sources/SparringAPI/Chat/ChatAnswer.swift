import SparringJSON
import SparringTokens
import SparringWire

extension ChatRequest {
    /// Renders the answer as one JSON body, or as events if the client asked for a stream.
    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let key = preparedKey(content, context)
        if let key, let copy = prepared.copy(for: key, created: context.created) {
            let body = copy.body(id: ChatCompletion.id(&ids), created: context.created)
            let headers = StandardHeaders.fields(
                contentType: "application/json", context: context, ids: &ids, rateLimits: context.rateLimits,
                counter: model.counter)
            var answer = Answer(status: 200, headers: headers, body: .whole(body))
            answer.usage = copy.usage
            return Rendered(answer)
        }
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
            let (bytes, id, created) = completion.written(self)
            if let key {
                let usage = completion.usage.usage
                prepared.keep(
                    PreparedBody.Copy(bytes, of: key, id: id, created: created, usage: usage), created: context.created)
            }
            rendered.answer.body = .whole(bytes)
            return rendered
        }
        var stream = ChatStream(completion, self, padding: includesObfuscation ? ids : nil)
        rendered.answer.body = .events(stream.make())
        return rendered
    }

    /// The values that determine the body, apart from its id and its time. Returns nil if the body depends on other values, or if the body
    /// contains further ids.
    private func preparedKey(_ content: Content?, _ context: AnswerInput) -> PreparedBody.Key? {
        guard case .text(let text)? = content, !digest.isStream, stored == nil, audioFormat == nil, !traits.searches,
            context.ending == nil, context.reasoningTokens == 0
        else { return nil }
        return PreparedBody.Key(text: text, cache: context.promptCache)
    }
}
