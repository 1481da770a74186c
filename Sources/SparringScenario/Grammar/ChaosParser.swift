import SparringAPI
import SparringJSON
import SparringWire

/// Reads `chaos:`: a rate, weighted strikes and windows of time; or a schedule, call by call.
struct ChaosParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let keys = ["rate", "strikes", "windows", "schedule"]
    static let windowKeys = ["name", "from", "for", "every", "rate", "strikes"]
    static let effectKeys = ["error", "faults"] + StepParser.errorKeys
    static let strikeKeys = ["weight"] + effectKeys
    static let plannedKeys = ["session", "request", "attempt", "call"] + effectKeys

    func chaos(_ node: YAMLNode) -> Chaos? {
        guard let mapping = reader.mapping(node, "chaos", keys: Self.keys) else { return nil }
        if let schedule = mapping["schedule"] {
            for entry in mapping.entries where entry.key != "schedule" {
                reader.note(
                    entry.keyNode, "remove '\(entry.key)': it has no effect together with `schedule`")
            }
            return Chaos(schedule: reader.sequence(schedule, "schedule")?.compactMap(planned))
        }
        let strikes = mapping["strikes"].map { self.strikes($0) } ?? []
        let windows = mapping["windows"].flatMap { reader.sequence($0, "windows") } ?? []
        let chaos = Chaos(
            rate: mapping["rate"].flatMap { rate($0) } ?? 0, strikes: strikes,
            windows: windows.compactMap { window($0, hasStrikes: !strikes.isEmpty) })
        if chaos.rate > 0, strikes.isEmpty, let rate = mapping["rate"] {
            reader.note(rate, "chaos with a `rate` needs `strikes`, the faults to choose from")
        }
        if mapping["rate"] == nil, mapping["windows"] == nil {
            reader.note(node, "chaos needs a `rate`, the share of calls that get a fault, or `windows`")
        }
        return chaos
    }

    func rate(_ node: YAMLNode) -> Double? {
        if case .number(let number) = node.json, (0...1).contains(number.double) { return number.double }
        if let text = node.string, text.hasSuffix("%"), let percent = Double(text.dropLast()),
            (0...100).contains(percent)
        {
            return percent / 100
        }
        reader.note(node, "rate must be a share of calls such as 5% or 0.05, not \(node.inWords)")
        return nil
    }

    private func window(_ node: YAMLNode, hasStrikes: Bool) -> Chaos.Window? {
        guard let mapping = reader.mapping(node, "a window", keys: Self.windowKeys) else { return nil }
        func duration(_ key: String) -> Duration? { mapping[key].flatMap { reader.duration($0, key) } }
        if mapping["for"] == nil { reader.note(node, "a window needs its length, such as `for: 10s`") }
        let length = duration("for") ?? .zero
        let window = Chaos.Window(
            name: mapping["name"].flatMap { reader.text($0, "name") }, from: duration("from") ?? .zero, length: length,
            every: duration("every"), rate: mapping["rate"].flatMap(rate),
            strikes: mapping["strikes"].map { strikes($0) } ?? [])
        if let every = window.every, every < length, let node = mapping["every"] {
            reader.note(node, "the window would start again before it ends: make `every` at least as long as `for`")
        }
        if !hasStrikes, window.strikes.isEmpty {
            reader.note(node, "this window has no faults to choose from: add `strikes` to it, or to chaos itself")
        }
        return window
    }

    private func strikes(_ node: YAMLNode) -> [Chaos.RandomFault] {
        let strikes = reader.sequence(node, "strikes")?.compactMap(strike) ?? []
        if strikes.isEmpty { reader.note(node, "`strikes` is empty: add at least one fault") }
        return strikes
    }

    /// Reads a fault in its short form, or a mapping.
    private func strike(_ node: YAMLNode) -> Chaos.RandomFault? {
        let faults = FaultParser(reader: reader, errors: errors)
        if let text = node.string {
            return faults.short(text, node).map { Chaos.RandomFault(faults: [$0], source: ["faults": [.string(text)]]) }
        }
        guard let mapping = reader.mapping(node, "a strike", keys: Self.strikeKeys) else { return nil }
        guard var strike = effect(mapping, node) else { return nil }
        guard let weight = mapping["weight"] else { return strike }
        guard case .number(let number) = weight.json, number.double > 0, number.double <= 1_000_000 else {
            reader.note(weight, "weight must be a number above 0, not \(weight.inWords)")
            return nil
        }
        strike.weight = number.double
        return strike
    }

    private func effect(_ mapping: YAMLMapping, _ node: YAMLNode) -> Chaos.RandomFault? {
        let steps = StepParser(reader: reader, errors: errors, captures: [])
        let error = mapping["error"].flatMap { steps.error($0, mapping) }
        let faults = mapping["faults"].map { ScenarioLoader.faults($0, reader: reader, errors: errors) } ?? []
        if mapping["error"] == nil, mapping["faults"] == nil {
            reader.note(node, "add an `error` to replace the answer, or `faults` to break it")
        }
        if mapping["error"] == nil {
            for entry in mapping.entries where StepParser.errorKeys.contains(entry.key) {
                reader.note(entry.keyNode, "'\(entry.key)' works only with `error`")
            }
        }
        guard error != nil || !faults.isEmpty else { return nil }
        var source = JSONObject()
        for entry in mapping.entries where Self.effectKeys.contains(entry.key) { source[entry.key] = entry.value.json }
        return Chaos.RandomFault(error: error, faults: faults, source: source)
    }

    private func planned(_ node: YAMLNode) -> Chaos.Planned? {
        guard let mapping = reader.mapping(node, "a call of the schedule", keys: Self.plannedKeys) else { return nil }
        let strike = effect(mapping, node)
        let session = mapping["session"].flatMap { reader.text($0, "session") } ?? "default"
        switch (mapping["request"], mapping["call"]) {
        case (nil, let call?):
            guard let number = reader.integer(call, "call", atLeast: 1), let strike else { return nil }
            return Chaos.Planned(session: session, call: .number(number), strike: strike)
        case (let request?, nil):
            guard let text = request.string, text.utf8.count == 16, let digest = UInt64(text, radix: 16) else {
                reader.note(
                    request,
                    "request must be a digest of 16 hexadecimal digits in quotes, as `sparring shrink` prints the digest"
                )
                return nil
            }
            let attempt = mapping["attempt"].flatMap { reader.integer($0, "attempt", atLeast: 1) } ?? 1
            return strike.map {
                Chaos.Planned(session: session, call: .request(digest, attempt: attempt), strike: $0)
            }
        default:
            reader.note(node, "a call needs either `request` (with `attempt`) or `call`, its number in the session")
            return nil
        }
    }
}

extension Fault {
    /// Whether the fault can take effect only in a stream.
    package var needsStream: Bool {
        if case .action(let action) = effect, PayloadFaults.needsStream(action.name) { return true }
        return switch point {
        case .event, .content, .token, .firstContent: true
        case .start, .headByte, .head, .done, .byte, .elapsed, .end, .connection, .requestHead: layer == .sse
        }
    }
}
