import SparringJSON

/// Differences between model generations for which the model table has no column.
///
/// Sources: recordings of gpt-4o-mini and gpt-5.4, measurements of gpt-5.6; the model pages for the generations between these.
struct ResponsesGeneration {
    /// The version in the model's name: (5, 4) for `gpt-5.4-mini`; nil for names without such a number.
    private let version: (major: Int, minor: Int)?

    init(_ model: ModelInfo) { self.init(id: model.id) }

    init(id: String) {
        let bytes = Array(id.utf8)
        guard bytes.starts(with: "gpt-".utf8) else {
            version = nil
            return
        }
        let isDigit: (UInt8) -> Bool = { $0 &- 0x30 < 10 }
        let major = bytes.dropFirst(4).prefix(while: isDigit)
        let rest = bytes[major.endIndex...]
        let minor = rest.first == UInt8(ascii: ".") ? rest.dropFirst().prefix(while: isDigit) : rest.prefix(0)
        version = Self.number(major).map { ($0, Self.number(minor) ?? 0) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }

    private func isAtLeast(_ major: Int, _ minor: Int) -> Bool { version.map { $0 >= (major, minor) } ?? false }

    /// The default of `top_p`.
    var topP: JSONNumber { JSONNumber(text: isAtLeast(5, 2) ? "0.98" : "1.0") }

    /// Whether Azure deployments of the model report the service tier.
    var isServedByTier: Bool { isAtLeast(5, 2) }

    /// Whether the model rejects every temperature except the default, even if the model does not reason.
    var fixesTemperature: Bool { isAtLeast(5, 6) }

    /// Whether the model reports tokens written to the prompt cache.
    var countsCacheWrites: Bool { isAtLeast(5, 6) }

    /// True if messages have a `phase`.
    var hasPhases: Bool { isAtLeast(5, 4) }

    /// The default of `prompt_cache_retention`.
    var retention: String { isAtLeast(5, 2) ? "24h" : "in_memory" }

    /// Whether the model rejects the retention `in_memory`.
    var keepsLong: Bool { isAtLeast(5, 6) }

    /// The default of `reasoning.context`.
    var context: String { isAtLeast(5, 6) ? "all_turns" : "current_turn" }

    var efforts: [String] {
        if isAtLeast(5, 2) { return ["none", "low", "medium", "high", "xhigh"] }
        if isAtLeast(5, 1) { return ["none", "low", "medium", "high"] }
        return isAtLeast(5, 0) ? ["minimal", "low", "medium", "high"] : ["low", "medium", "high"]
    }

    var defaultEffort: String { isAtLeast(5, 1) && !isAtLeast(5, 5) ? "none" : "medium" }
}
