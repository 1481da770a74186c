import SparringJSON
import SparringTokens
package import SparringWire

extension ChatRequest {
    /// The answer as one JSON body, or as events where the caller asked for a stream.
    package func answer(saying content: Content?, context: inout AnswerContext) -> Answer {
        let completion = ChatCompletion(content ?? .text(""), for: self, context: &context)
        let type = digest.isStream ? "text/event-stream; charset=utf-8" : "application/json"
        let headers = StandardHeaders.fields(
            contentType: type, context: &context, rateLimits: context.rateLimits, counter: model.counter)
        if let stored {
            let whole = (try? JSONValue.parse(completion.body(self))) ?? .null
            let seed = Int(truncatingIfNeeded: context.ids.next() >> 1)
            context.storedCompletion = StoredCompletion(
                whole, to: stored, requestID: headers["x-request-id"] ?? "", seed: seed)
        }
        var answer = Answer(status: 200, headers: headers)
        answer.usage = completion.usage.usage
        guard digest.isStream else {
            answer.body = .whole(completion.body(self))
            return answer
        }
        var stream = ChatStream(completion, self, padding: includesObfuscation ? context.ids : nil)
        answer.body = .events(stream.make())
        return answer
    }
}
