package import SparringJSON
package import SparringWire

/// A stored response: the data from which its answer is rendered on request.
package final class ResponsesRecord: Sendable {
    package let snapshot: ResponsesSnapshot
    /// Makes the ids of the input's items and the padding of the events. Equal seeds make the ids and the padding equal on every request.
    private let inputIDs: IDMint

    init(_ snapshot: ResponsesSnapshot, inputIDs: IDMint) {
        self.snapshot = snapshot
        self.inputIDs = inputIDs
    }

    /// The response that `examples` mode returns for an unknown id. It is a background response, so that every operation applies to it.
    package static func example(_ id: String, models: ModelTable, created: Int) -> ResponsesRecord? {
        let body: JSONValue = ["model": "gpt-4o-mini", "input": "Example", "background": true, "stream": true]
        guard let request = try? ResponsesRequest.check(body, models: models) else { return nil }
        let context = AnswerInput(created: created)
        var ids = IDMint(for: id)
        let output = ResponsesOutput(example: id, for: request, context: context, ids: &ids)
        let snapshot = ResponsesSnapshot(request: request, output: output, created: created, completed: created)
        return ResponsesRecord(snapshot, inputIDs: ids)
    }

    package var id: String { snapshot.output.id }
    package var previousID: String? { snapshot.request.previousID }
    package var conversationID: String? { snapshot.request.conversationID }
    package var isBackground: Bool { snapshot.request.isBackground }
    package var isStored: Bool { snapshot.request.isStored }
    package var isStream: Bool { snapshot.request.isStream }
    /// Unix seconds.
    package var created: Int { snapshot.created }

    /// The items of the request as the API lists them, each with an id.
    package var inputItems: [(id: String, value: JSONValue)] {
        var ids = inputIDs
        return StoredItems.normalised(snapshot.request.inputValues, ids: &ids)
    }

    package var outputItems: [(id: String, value: JSONValue)] {
        snapshot.output.items.compactMap { item in
            var writer = JSONWriter()
            item.write(to: &writer)
            return (try? JSONValue.parse(writer.bytes)).map { (item.id, $0) }
        }
    }

    /// Input and output, for requests that continue from this response.
    package var items: [(id: String, value: JSONValue)] { inputItems + outputItems }

    package func item(_ id: String) -> JSONValue? { items.first { $0.id == id }?.value }

    /// All events of the response, as its client receives them.
    package func events(isPadded: Bool) -> [Event] {
        ResponsesStream(snapshot, obfuscation: isPadded ? inputIDs : nil).events
    }

    /// The body of `GET /v1/responses/{id}` and of a cancellation.
    package func answer(_ status: ResponsesSnapshot.Status, context: AnswerInput, ids: inout IDMint) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        snapshot.write(status, isWhole: true, to: &writer)
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }
}
