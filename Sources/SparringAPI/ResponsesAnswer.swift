import SparringJSON
package import SparringWire

extension ResponsesRequest {
    /// The answer that says this: a whole body, or its events.
    package func answer(saying content: Content, context: inout AnswerContext) -> Answer {
        // Streams were recorded without rate-limit headers, whole bodies with them.
        let headers = StandardHeaders.fields(
            contentType: isStream ? "text/event-stream; charset=utf-8" : "application/json",
            context: &context,
            rateLimits: isStream ? nil : context.rateLimits,
            counter: model.counter
        )
        let output = ResponsesOutput(content, for: self, context: &context)
        let snapshot = ResponsesSnapshot(request: self, output: output, created: context.created)
        guard !isStream else {
            let stream = ResponsesStream(snapshot, obfuscation: includesObfuscation ? context.ids : nil)
            return Answer(status: 200, headers: headers, body: .events(stream.events))
        }
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        // No line feed at the end: recorded content-lengths leave no room for one, unlike those of the other endpoints.
        snapshot.write(.whole, to: &writer)
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }
}

/// The response object, as it stands at the beginning or at the end.
struct ResponsesSnapshot {
    enum Moment {
        /// In `response.created` and `response.in_progress`.
        case begun
        /// In the event that ends a stream.
        case ended
        /// A body of its own: it says who pays, which events do not.
        case whole
    }

    let request: ResponsesRequest
    let output: ResponsesOutput
    let created: Int

    func write(_ moment: Moment, to writer: inout JSONWriter) {
        let hasEnded = moment != .begun
        writer.object { writer in
            writer.member("id", output.id)
            writer.member("object", "response")
            writer.member("created_at", created)
            writer.member("status", !hasEnded ? "in_progress" : output.isComplete ? "completed" : "incomplete")
            writer.member("background", false)
            if moment == .whole { writer.member("billing", ["payer": "developer"]) }
            writer.member("completed_at", hasEnded && output.isComplete ? JSONValue.number(JSONNumber(created)) : .null)
            writer.null("error")
            writeEcho(request.echo.beforeOutput, hasEnded, to: &writer)
            writer.member("output") { writer in
                writer.array { writer in
                    guard hasEnded else { return }
                    for item in output.items { writer.element { item.write(to: &$0) } }
                }
            }
            writeEcho(request.echo.beforeTier, hasEnded, to: &writer)
            writer.member("service_tier", hasEnded ? request.echo.tier.granted : request.echo.tier.asked)
            writeEcho(request.echo.afterTier, hasEnded, to: &writer)
            writer.member("usage", hasEnded ? usage : .null)
            writeEcho(request.echo.afterUsage, hasEnded, to: &writer)
        }
    }

    private func writeEcho(_ members: [JSONObject.Member], _ hasEnded: Bool, to writer: inout JSONWriter) {
        for member in members {
            let isCut = member.name == "incomplete_details" && hasEnded && !output.isComplete
            writer.member(named: member.name, isCut ? ["reason": "max_output_tokens"] : member.value)
        }
    }

    private var usage: JSONValue {
        let input = request.promptTokens
        return [
            "input_tokens": .number(JSONNumber(input)), "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .number(JSONNumber(output.tokens)), "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .number(JSONNumber(input + output.tokens)),
        ]
    }
}

// MARK: - Items

extension ResponsesOutput.Item {
    /// The item as it ends, or (`isBegun`) as it is announced: in progress, with nothing in it.
    ///
    /// Keys go in the recorded order: id, type, status, and the rest by the alphabet.
    func write(isBegun: Bool = false, to writer: inout JSONWriter) {
        let status = isBegun ? "in_progress" : isComplete ? "completed" : "incomplete"
        writer.object { writer in
            writer.member("id", id)
            switch kind {
            case .reasoning(let encrypted):
                writer.member("type", "reasoning")
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
            }
        }
    }

    /// The one content part of a message.
    func writePart(_ text: String, to writer: inout JSONWriter) {
        writer.object { writer in
            if case .refusal = kind {
                writer.member("type", "refusal")
                writer.member("refusal", text)
            } else {
                writer.member("type", "output_text")
                writer.member("annotations") { $0.array { _ in } }
                writer.member("logprobs") { $0.array { _ in } }
                writer.member("text", text)
            }
        }
    }
}
