import SparringJSON
import SparringScenario
import SparringWire

/// Reads one entry of `calls`.
struct GatewayCallParser {
    let reader: YAMLReader

    static let keys = [
        "stream", "prompt", "filler", "body", "headers", "key", "leave", "pause", "retries", "times", "together",
        "same_prompt",
    ]

    func call(_ node: YAMLNode) -> GatewayCall? {
        guard let mapping = reader.mapping(node, "a call", keys: Self.keys) else { return nil }
        var call = GatewayCall()
        call.isStream = mapping["stream"].flatMap { reader.boolean($0, "stream") } ?? false
        call.prompt = mapping["prompt"].flatMap { reader.text($0, "prompt") } ?? call.prompt
        call.filler = mapping["filler"].flatMap { reader.integer($0, "filler") } ?? 0
        if let body = mapping["body"], reader.mapping(body, "body") != nil, let object = body.json.object {
            call.body = object
        }
        if let node = mapping["headers"], let headers = reader.mapping(node, "headers") {
            call.headers = HeaderFields(
                headers.entries.compactMap { name, _, value in
                    reader.text(value, name).map { HeaderFields.Field(name, $0) }
                })
        }
        let keys = GatewayCall.Key.allCases.map { (name: $0.rawValue, value: $0) }
        call.key = mapping["key"].flatMap { reader.choice($0, "key", keys) } ?? .usual
        call.leave = mapping["leave"].flatMap(leave)
        call.pause = mapping["pause"].flatMap { reader.duration($0, "pause") }
        call.retries = mapping["retries"].flatMap { reader.integer($0, "retries") } ?? 0
        call.times = mapping["times"].flatMap { reader.integer($0, "times", atLeast: 1) } ?? 1
        call.isTogether = mapping["together"].flatMap { reader.boolean($0, "together") } ?? false
        call.repeatsPrompt = mapping["same_prompt"].flatMap { reader.boolean($0, "same_prompt") } ?? false
        return call
    }

    /// `{ after_events: 3 }` or `{ after: 300ms }`.
    private func leave(_ node: YAMLNode) -> GatewayCall.Leave? {
        guard let mapping = reader.mapping(node, "leave", keys: ["after_events", "after"]) else { return nil }
        if let count = mapping["after_events"].flatMap({ reader.integer($0, "after_events", atLeast: 1) }) {
            return .afterEvents(count)
        }
        if let time = mapping["after"].flatMap({ reader.duration($0, "after") }) { return .after(time) }
        reader.note(node, "leave needs `after_events` or `after`")
        return nil
    }
}
