import SparringJSON
import SparringTokens

/// Counts the tokens of a prompt: its texts, and the framing that the API adds.
///
/// The framing is not documented. The numbers follow the usage in recorded traffic; docs/reference/api/tokens.md says which of them are
/// certain and which rest on one or two recordings.
struct PromptTokens {
    private let counter: TokenCounter
    /// True for models that reason and name a channel for each message: gpt-5 and newer.
    private let hasChannels: Bool
    private(set) var sum: Int
    /// The tokens of a message's start, end and role; 0 for search models (one recording).
    private let frame: Int

    init(_ model: ModelInfo) {
        counter = model.counter
        hasChannels = model.hasChannels
        // The start of the answer: `assistant` and its framing.
        (sum, frame) = model.traits.searches ? (0, 0) : (model.isReasoning ? 2 : 3, 4)
    }

    mutating func add(text: String) { sum += counter.count(text) }

    mutating func add(extra: Int) { sum += extra }

    /// - Parameter role: the message's role. A name equal to the role costs one token less (five recordings).
    mutating func beginMessage(isAssistant: Bool = false, role: String? = nil, name: String? = nil) {
        sum += frame
        if isAssistant, hasChannels { sum += 2 }
        if let name { sum += (name == role ? 0 : 1) + counter.count(name) }
    }

    /// Adds the calls of an assistant message whose framing has been counted. Several calls become one call of a
    /// function that runs them in parallel.
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

    /// - Parameter function: the function whose result a tool message gives; nil if its call is not in the prompt.
    mutating func add(resultOf function: String?) {
        if let function { sum += 1 + counter.count(Self.path(function)) }
    }

    static func path(_ function: String) -> String { "functions." + function }

    /// Combines several calls into one.
    static func parallel(_ calls: [(name: String, arguments: String)], separator: String, colon: String) -> String {
        let uses = calls.map { call in
            "{\"recipient_name\"\(colon)\"\(path(call.name))\"\(separator)\"parameters\"\(colon)\(call.arguments)}"
        }
        return "{\"tool_uses\"\(colon)[\(uses.joined(separator: separator))]}"
    }
}

extension ModelInfo {
    /// True for gpt-5 and newer, except for the models that do not reason.
    var hasChannels: Bool { isReasoning && family.hasPrefix("gpt-") }

    /// Tokens of an answer in addition to its text.
    var textFrame: Int { hasChannels ? 9 : 0 }

    /// Tokens of calls in addition to their arguments.
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
