package import SparringJSON
import SparringWire

extension ResponsesRequest {
    /// Renders the content as a whole body or as events.
    package func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(content ?? .text(""), for: self, context: context, ids: &ids)
        return render(output, headers: headers, context: context, padding: ids)
    }

    /// Renders the items of a script.
    package func render(giving items: [JSONValue], context: AnswerInput, ids: inout IDMint) -> Rendered {
        let headers = headers(context, &ids)
        let output = ResponsesOutput(items.compactMap(\.object), for: self, context: context, ids: &ids)
        return render(output, headers: headers, context: context, padding: ids)
    }

    /// Recorded: streams have no rate-limit headers, but whole bodies have them.
    private func headers(_ context: AnswerInput, _ ids: inout IDMint) -> HeaderFields {
        StandardHeaders.fields(
            contentType: isStream ? "text/event-stream; charset=utf-8" : "application/json", context: context,
            ids: &ids,
            rateLimits: isStream ? nil : context.rateLimits, counter: model.counter)
    }

    /// - Parameter padding: makes the ids of stored items and the padding of events.
    private func render(
        _ output: ResponsesOutput, headers: HeaderFields, context: AnswerInput, padding: IDMint
    ) -> Rendered {
        let snapshot = ResponsesSnapshot(
            request: self, output: output, created: context.created,
            completed: context.created + (isBackground ? Int(context.background.total.components.seconds) : 0))
        var effects: [Effect] = []
        if isStored || conversationID != nil || context.reportsUnstored {
            effects.append(.keep(ResponsesRecord(snapshot, inputIDs: padding), plan: context.background))
        }
        guard !isStream else {
            if isBackground { effects.append(.stream(id: output.id)) }
            let stream = ResponsesStream(snapshot, obfuscation: includesObfuscation ? padding : nil)
            let answer = Answer(status: 200, headers: headers, body: .events(stream.events)).using(snapshot.used)
            return Rendered(answer, effects: effects)
        }
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        // Unlike other endpoints, this one sends no trailing line feed: the recorded content lengths leave no room for it. In the
        // background, the client gets a response that is still queued.
        snapshot.write(isBackground ? .queued : .ended, isWhole: true, to: &writer)
        let answer = Answer(status: 200, headers: headers, body: .whole(writer.bytes)).using(snapshot.used)
        return Rendered(answer, effects: effects)
    }
}
