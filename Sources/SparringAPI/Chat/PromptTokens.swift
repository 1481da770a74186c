import SparringJSON
import SparringTokens

/// Adds up what a prompt costs: its texts, and what the API puts around them before the model sees it.
///
/// The frames are not documented. They follow usage in recorded traffic; docs/tokens.md says which are sure and which rest on
/// one or two recordings.
struct PromptTokens {
    private let counter: TokenCounter
    /// Models that think before they answer and name a channel for each message: gpt-5 and newer.
    private let hasChannels: Bool
    private(set) var sum: Int
    /// What begins and ends a message, and its role; models that search are not charged for it (one recording).
    private let frame: Int

    init(_ model: ModelInfo) {
        counter = model.counter
        hasChannels = model.hasChannels
        // The answer's own beginning: `assistant`, and what stands around it.
        (sum, frame) = model.traits.searches ? (0, 0) : (model.isReasoning ? 2 : 3, 4)
    }

    mutating func add(text: String) { sum += counter.count(text) }

    mutating func add(extra: Int) { sum += extra }

    /// - Parameter role: a name equal to it costs one token less (five recordings).
    mutating func beginMessage(isAssistant: Bool = false, role: String? = nil, name: String? = nil) {
        sum += frame
        if isAssistant, hasChannels { sum += 2 }
        if let name { sum += (name == role ? 0 : 1) + counter.count(name) }
    }

    /// The calls of one assistant message whose frame has been counted. Several at once become one call of a function that makes
    /// them side by side.
    mutating func add(calls: [(name: String, arguments: String)]) {
        guard calls.count > 1, !hasChannels else {
            for (index, call) in calls.enumerated() {
                sum +=
                    (index > 0 ? frame : 0) + 2 + counter.count(Self.path(call.name))
                    + counter.count(call.arguments)
            }
            return
        }
        sum += counter.count(Self.parallel(calls, separator: ",", colon: ":"))
    }

    /// - Parameter function: whose result a tool message gives; nil where its call is not in the prompt.
    mutating func add(resultOf function: String?) {
        if let function { sum += 1 + counter.count(Self.path(function)) }
    }

    static func path(_ function: String) -> String { "functions." + function }

    /// Several calls as one.
    static func parallel(_ calls: [(name: String, arguments: String)], separator: String, colon: String) -> String {
        let uses = calls.map { call in
            "{\"recipient_name\"\(colon)\"\(path(call.name))\"\(separator)\"parameters\"\(colon)\(call.arguments)}"
        }
        return "{\"tool_uses\"\(colon)[\(uses.joined(separator: separator))]}"
    }
}

extension ModelInfo {
    /// gpt-5 and newer, but for the models that do not think.
    var hasChannels: Bool { isReasoning && family.hasPrefix("gpt-") }

    /// What an answer costs beside its text.
    var textFrame: Int { hasChannels ? 9 : 0 }

    /// What calls cost beside their arguments.
    func frame(ofCalls calls: [ToolCall]) -> Int {
        let named = calls.reduce(0) { $0 + counter.count($1.name) }
        guard calls.count > 1, !hasChannels else {
            let each =
                hasChannels ? 16 : family == "gpt-4" ? 4 : family.hasPrefix("gpt-4.1") ? 8 : 7
            return named + each * calls.count
        }
        let whole = PromptTokens.parallel(calls.map { ($0.name, $0.arguments) }, separator: ", ", colon: ": ")
        return counter.count(whole) + 1 - calls.reduce(0) { $0 + counter.count($1.arguments) }
    }
}
