package import SparringJSON
import SparringWire

extension ResponsesRequest {
    /// The answer that says this: a whole body, or its events.
    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(content ?? .text(""), for: self, context: context, ids: &ids)
        return render(output, headers, context, ids)
    }

    /// The answer whose items a script spells out.
    package func render(giving items: [JSONValue], context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(items.compactMap(\.object), for: self, context: context, ids: &ids)
        return render(output, headers, context, ids)
    }

    /// Streams were recorded without rate-limit headers, whole bodies with them.
    private func headers(_ context: AnswerInput, _ ids: inout IDMint) -> HeaderFields {
        StandardHeaders.fields(
            contentType: isStream ? "text/event-stream; charset=utf-8" : "application/json", context: context,
            ids: &ids,
            rateLimits: isStream ? nil : context.rateLimits, counter: model.counter)
    }

    /// - Parameter padding: makes the ids of what is kept, and what pads the events.
    private func render(
        _ output: ResponsesOutput, _ headers: HeaderFields, _ context: AnswerInput, _ padding: IDMint
    ) -> Rendered {
        let snapshot = ResponsesSnapshot(
            request: self, output: output, created: context.created,
            completed: context.created + (isBackground ? Int(context.background.total.components.seconds) : 0))
        var effects: [Effect] = []
        if isStored || conversationID != nil {
            effects.append(.keep(ResponsesRecord(snapshot, inputIDs: padding), plan: context.background))
        }
        guard !isStream else {
            if isBackground { effects.append(.stream(id: output.id)) }
            let stream = ResponsesStream(snapshot, obfuscation: includesObfuscation ? padding : nil)
            let answer = Answer(status: 200, headers: headers, body: .events(stream.events)).using(snapshot.used)
            return Rendered(answer, effects: effects)
        }
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        // No line feed at the end: recorded content-lengths leave no room for one, unlike those of the other endpoints.
        // In the background, the client gets a ticket.
        snapshot.write(isBackground ? .queued : .ended, isWhole: true, to: &writer)
        let answer = Answer(status: 200, headers: headers, body: .whole(writer.bytes)).using(snapshot.used)
        return Rendered(answer, effects: effects)
    }
}

/// The response object, as it stands at the beginning or at the end.
package struct ResponsesSnapshot: Sendable {
    /// How far the response has come.
    package enum Status: Sendable, Hashable {
        case queued
        case inProgress
        /// Completed, incomplete or failed: the output says which.
        case ended
        case cancelled
    }

    let request: ResponsesRequest
    let output: ResponsesOutput
    let created: Int
    /// Unix seconds; for a response in the background, when it will be.
    let completed: Int

    /// - Parameter isWhole: a body of its own, not the part of an event: it says who pays.
    func write(_ status: Status, isWhole: Bool = false, to writer: inout JSONWriter) {
        let hasEnded = status == .ended
        writer.object { writer in
            writer.member("id", output.id)
            writer.member("object", "response")
            writer.member("created_at", created)
            writer.member("status", word(status))
            writer.member("background", request.isBackground)
            if isWhole { writer.member("billing", ["payer": "developer"]) }
            writer.member("completed_at", hasEnded && output.ending == nil ? JSONValue.int(completed) : .null)
            writer.member("error", hasEnded ? error : .null)
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
            writer.member("usage", hasEnded && !hasFailed ? usage : .null)
            writeEcho(request.echo.afterUsage, hasEnded, to: &writer)
        }
    }

    func word(_ status: Status) -> String {
        switch status {
        case .queued: "queued"
        case .inProgress: "in_progress"
        case .ended:
            switch output.ending {
            case nil: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        case .cancelled: "cancelled"
        }
    }

    private func writeEcho(_ members: [JSONObject.Member], _ hasEnded: Bool, to writer: inout JSONWriter) {
        for member in members {
            guard member.name == "incomplete_details", hasEnded, case .incomplete(let reason) = output.ending else {
                writer.member(named: member.name, member.value)
                continue
            }
            writer.member(named: member.name, ["reason": .string(reason)])
        }
    }

    private var hasFailed: Bool { if case .failed = output.ending { true } else { false } }

    private var error: JSONValue {
        guard case .failed(let code, let message) = output.ending else { return .null }
        return ["code": .string(code), "message": .string(message)]
    }

    /// What is paid for: nothing where it fails.
    var used: Usage? {
        guard !hasFailed else { return nil }
        var usage = Usage(input: request.promptTokens, output: output.tokens)
        usage.reasoning = output.reasoningTokens
        return usage
    }

    private var usage: JSONValue {
        ResponsesUsage(input: request.promptTokens, output: output.tokens, reasoning: output.reasoningTokens).json
    }
}

// MARK: - Items

extension ResponsesOutput.Item {
    /// The item as it ends, or (`isBegun`) as it is announced: in progress, with nothing in it.
    ///
    /// Keys go in the recorded order: id, type, status, and the rest by the alphabet.
    func write(isBegun: Bool = false, to writer: inout JSONWriter) {
        if case .scripted(let item) = kind { return writer.value(.object(isBegun ? item.begun : item.done)) }
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
            case .scripted: break
            }
        }
    }

    /// Nothing has been said yet where there is no text.
    private func logprobs(of text: String) -> JSONValue {
        guard let topLogprobs, !text.isEmpty else { return [] }
        return .array(ResponsesLogprobs.of(pieces, top: topLogprobs))
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
                writer.member("logprobs", logprobs(of: text))
                writer.member("text", text)
            }
        }
    }
}
