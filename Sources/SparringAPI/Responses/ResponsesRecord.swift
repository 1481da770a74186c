package import SparringJSON
package import SparringWire

/// A response as the API keeps it: what its answer was made from, so that nothing is written before somebody asks for it.
package final class ResponsesRecord: Sendable {
    package let snapshot: ResponsesSnapshot
    /// Makes the ids of the input's items and the padding of the events, the same ones each time.
    private let inputIDs: IDMint

    init(_ snapshot: ResponsesSnapshot, inputIDs: IDMint) {
        self.snapshot = snapshot
        self.inputIDs = inputIDs
    }

    /// What a session that makes objects up gives for an id that nobody has stored: a response in the background, so that every
    /// operation has something to do.
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

    /// What the request brought along, as the API lists it: every item with an id.
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

    /// Input and output, as a later request goes on from them.
    package var items: [(id: String, value: JSONValue)] { inputItems + outputItems }

    package func item(_ id: String) -> JSONValue? { items.first { $0.id == id }?.value }

    /// The events of the whole response, as its client got or will get them.
    package func events(isPadded: Bool) -> [Event] {
        ResponsesStream(snapshot, obfuscation: isPadded ? inputIDs : nil).events
    }

    /// The body of `GET /v1/responses/{id}`, which is also that of a cancellation.
    package func answer(_ status: ResponsesSnapshot.Status, context: AnswerInput, ids: inout IDMint) -> Answer {
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        var writer = JSONWriter(style: .pretty, reserving: 2048)
        snapshot.write(status, isWhole: true, to: &writer)
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes))
    }
}
