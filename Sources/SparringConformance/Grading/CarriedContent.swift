import SparringExchange
package import SparringJSON

/// The content of earlier answers that a request contains. Programs with a memory, and all agents, show with this content what they have
/// read.
package struct CarriedContent: Sendable, Hashable {
    package struct Call: Sendable, Hashable {
        package var id: String
        package var name: String
        /// The arguments as the client assembled them.
        package var arguments: String
    }

    /// The model's texts, turn by turn.
    package var texts: [String] = []
    package var calls: [Call] = []
    /// The ids of the calls that have a result.
    package var results: [String] = []
    /// Whether the request continues a response or a conversation that the server stores: such a request contains only new content, without
    /// the calls to which its results belong.
    package var isContinuation = false

    package var isEmpty: Bool { texts.isEmpty && calls.isEmpty && results.isEmpty }

    /// - Parameter body: the body of a request for a chat completion or a response.
    package init(_ body: JSONValue) {
        for item in body["messages"]?.array ?? body["input"]?.array ?? [] { read(item) }
        isContinuation = ["previous_response_id", "conversation"].contains { body[$0].map { $0 != .null } ?? false }
    }

    /// The content without the content of an earlier request.
    package func without(_ earlier: CarriedContent) -> CarriedContent {
        var rest = self
        rest.texts.remove(eachOf: earlier.texts)
        rest.calls.remove(eachOf: earlier.calls)
        rest.results.remove(eachOf: earlier.results)
        return rest
    }

    private mutating func read(_ item: JSONValue) {
        switch (item["role"]?.string, item["type"]?.string) {
        case ("assistant", _):
            let text = Self.text(item["content"])
            if !text.isEmpty { texts.append(text) }
            for call in item["tool_calls"]?.array ?? [] {
                append(call["id"], call["function"]?["name"], call["function"]?["arguments"])
            }
        case ("tool", _): results.append(item["tool_call_id"]?.string ?? "")
        case (_, "function_call"): append(item["call_id"], item["name"], item["arguments"])
        case (_, "function_call_output"): results.append(item["call_id"]?.string ?? "")
        default: break
        }
    }

    private mutating func append(_ id: JSONValue?, _ name: JSONValue?, _ arguments: JSONValue?) {
        calls.append(
            Call(
                id: id?.string ?? "", name: name?.string ?? "", arguments: arguments?.string ?? arguments?.text() ?? "")
        )
    }

    /// The text of a content, which is a string or a list of parts.
    private static func text(_ content: JSONValue?) -> String {
        content?.string ?? (content?.array ?? []).compactMap { $0["text"]?.string }.joined()
    }
}

extension Array where Element: Equatable {
    /// Removes each of the elements once, if the array contains it.
    fileprivate mutating func remove(eachOf elements: [Element]) {
        for element in elements {
            if let index = firstIndex(of: element) { remove(at: index) }
        }
    }
}

extension Observation {
    /// The carried content of every request that carries content. The content of the first request does not count: it was sent
    /// before any answer, so it is an example of the prompt, or the memory of an earlier conversation.
    package var echoes: [CarriedContent] {
        let carried = attempts.map { (try? JSONValue.parse($0.request.body)).map(CarriedContent.init) }
        guard let first = carried.first else { return [] }
        return carried.compactMap(\.self).map { first.map($0.without) ?? $0 }.filter { !$0.isEmpty }
    }
}
