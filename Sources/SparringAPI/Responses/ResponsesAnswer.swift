package import SparringJSON
import SparringWire

extension ResponsesRequest {
    /// The answer that says this: a whole body, or its events.
    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(content ?? .text(""), for: self, context: context, ids: &ids)
        return render(output, headers: headers, context: context, padding: ids)
    }

    /// The answer whose items a script spells out.
    package func render(giving items: [JSONValue], context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(items.compactMap(\.object), for: self, context: context, ids: &ids)
        return render(output, headers: headers, context: context, padding: ids)
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
        _ output: ResponsesOutput, headers: HeaderFields, context: AnswerInput, padding: IDMint
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
