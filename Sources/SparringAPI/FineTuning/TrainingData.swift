import SparringJSON
package import SparringTokens

/// The facts about a training file, read line by line: number of examples and tokens, and the first error.
///
/// Source: https://platform.openai.com/docs/guides/supervised-fine-tuning; messages as quoted in public forums.
package struct TrainingData: Sendable, Hashable {
    package private(set) var examples = 0
    package private(set) var tokens = 0
    package private(set) var flaw: Flaw?
    private var line = 0
    private var rest: [UInt8] = []

    /// The error that makes a job fail.
    package struct Flaw: Sendable, Hashable {
        package var code: String
        package var message: String
        package var param: String?

        package init(code: String, message: String, param: String?) {
            self.code = code
            self.message = message
            self.param = param
        }

        var json: JSONValue {
            ["code": .string(code), "message": .string(message), "param": .string(orNull: param)]
        }
    }

    /// The data of an invented job in `examples` mode.
    package static let example: TrainingData = {
        var data = TrainingData()
        (data.examples, data.tokens) = (10, 1000)
        return data
    }()

    private static let fewestExamples = 10

    package init() {}

    /// The default number of epochs: three, more if there are few examples.
    var standardEpochs: Int { max(3, min(10, 100 / max(1, examples))) }

    /// - Parameter bytes: the next bytes of the file, in pieces of any size.
    package mutating func feed(_ bytes: [UInt8], method: String, _ counter: TokenCounter) {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            take(rest + bytes[start..<end], method, counter)
            rest = []
            start = end + 1
        }
        rest += bytes[start...]
    }

    /// Ends the file.
    package mutating func end(method: String, _ counter: TokenCounter) {
        if !rest.isEmpty { take(rest, method, counter) }
        rest = []
        guard flaw == nil, examples < Self.fewestExamples else { return }
        flaw = Flaw(
            code: "invalid_n_examples",
            message: "Training file has \(examples) example(s), but must have at least \(Self.fewestExamples) examples",
            param: "training_file")
    }

    private mutating func take(_ bytes: [UInt8], _ method: String, _ counter: TokenCounter) {
        line += 1
        guard flaw == nil, !bytes.allSatisfy({ $0 <= 0x20 }) else { return }
        guard let object = (try? JSONValue.parse(bytes))?.object else {
            return fail(
                "Expected file to have JSONL format, where every line is a JSON dictionary. Line \(line) is not a dictionary."
            )
        }
        if let problem = Self.problem(of: object, method) {
            return fail("Invalid file format. Line \(line): \(problem)")
        }
        examples += 1
        for member in object.members { tokens += Self.tokens(of: member.value, counter) }
    }

    private mutating func fail(_ message: String) {
        flaw = Flaw(code: "invalid_training_file", message: message, param: "training_file")
    }

    /// - Parameter object: an example.
    private static func problem(of object: JSONObject, _ method: String) -> String? {
        if method == "dpo" {
            for key in ["input", "preferred_output", "non_preferred_output"] where object[key] == nil {
                return "missing key \"\(key)\""
            }
            return messages(object["input"]?["messages"], needsAssistant: false)
        }
        if let prompt = object["prompt"], object["completion"] != nil {
            return prompt.string == nil ? "\"prompt\" is not a string" : nil
        }
        guard object["messages"] != nil else { return "missing key \"messages\"" }
        return messages(object["messages"], needsAssistant: method == "supervised")
    }

    private static func messages(_ value: JSONValue?, needsAssistant: Bool) -> String? {
        guard let messages = value?.array, !messages.isEmpty else { return "\"messages\" is not a list of messages" }
        for (index, message) in messages.enumerated() {
            guard let role = message["role"]?.string else { return "messages[\(index)] has no role" }
            guard ["system", "developer", "user", "assistant", "tool", "function"].contains(role) else {
                return "messages[\(index)] has the unknown role \"\(role)\""
            }
            guard message["content"] != nil || message["tool_calls"] != nil || message["function_call"] != nil else {
                return "messages[\(index)] has no content"
            }
        }
        guard needsAssistant, !messages.contains(where: { $0["role"] == "assistant" }) else { return nil }
        return "there is no assistant message"
    }

    /// The tokens of all texts in the value.
    private static func tokens(of value: JSONValue, _ counter: TokenCounter) -> Int {
        switch value {
        case .string(let text): counter.count(text)
        case .array(let values): values.reduce(0) { $0 + tokens(of: $1, counter) }
        case .object(let object): object.members.reduce(0) { $0 + tokens(of: $1.value, counter) }
        default: 0
        }
    }
}
