import SparringAPI
import SparringJSON
import SparringWire

/// Exports a cassette as a scenario to be edited by hand: a rule for each kind of request, with the recorded answers as steps.
package struct ScenarioExport {
    /// The parts of the cassette that a scenario cannot express, with one line and the reason for each.
    package private(set) var left: [String] = []
    /// The bodies that have their own files, by the files' names below the scenario's folder.
    package private(set) var files: [(name: String, bytes: [UInt8])] = []
    private var rules: [Rule] = []
    private let placement: Placement

    private struct Rule {
        /// Lines of YAML.
        var condition: [String]
        var steps: [String]
    }

    /// Decides which bodies get separate files.
    package struct Placement: Sendable {
        /// The folder of the files, relative to the scenario's folder; nil if all bodies stay in the scenario.
        package var folder: String?
        /// The maximum size of a body in the scenario, in bytes.
        package var longestInline: Int

        package init(folder: String? = nil, longestInline: Int = Self.usual) {
            self.folder = folder
            self.longestInline = longestInline
        }

        /// The default size is about half a screen.
        package static let usual = 2048
    }

    package init(_ placement: Placement = Placement()) { self.placement = placement }

    package mutating func add(_ exchange: RecordedExchange) {
        guard exchange.ending == .complete, let answer = exchange.answer else {
            left.append("\(exchange.words): its recording is incomplete (\(exchange.ending.rawValue))")
            return
        }
        guard !exchange.isSocket else {
            left.append("\(exchange.words): a `raw` step cannot contain the messages of a WebSocket")
            return
        }
        guard let endpoint = exchange.request.endpoint else {
            left.append("\(exchange.words): a rule cannot match an unknown operation")
            return
        }
        guard endpoint.kind != .catalogue else {
            left.append("\(exchange.words): a scenario answers it from its own `models`, not from a recording")
            return
        }
        let condition = Self.condition(exchange.request, endpoint)
        let step = step(exchange, answer)
        if let known = rules.firstIndex(where: { $0.condition == condition }) {
            rules[known].steps.append(step)
        } else {
            rules.append(Rule(condition: condition, steps: [step]))
        }
    }

    /// The scenario as YAML. The first matching rule answers, so rules with more conditions come first.
    package func yaml(named name: String) -> String {
        var text = "schema: 1\nscenario: \(Self.quoted(name))\n"
        text += "# The recorded server accepted these requests.\nvalidation: lenient\n"
        for line in left { text += "# left out: \(line)\n" }
        guard !rules.isEmpty else { return text + "otherwise: fail\n" }
        text += "rules:\n"
        let sorted = rules.enumerated().sorted { a, b in
            (b.element.condition.count, a.offset) < (a.element.condition.count, b.offset)
        }
        for (_, rule) in sorted {
            text += "  - when:\n" + rule.condition.map { "      \($0)\n" }.joined()
            text += "    then: last\n    steps:\n" + rule.steps.joined()
        }
        return text
    }

    // MARK: Conditions

    private static func condition(_ request: RecordedRequest, _ endpoint: Endpoint) -> [String] {
        var lines = ["endpoint: \(endpoint.rawValue)"]
        guard let body = try? JSONValue.parse(request.body), let object = body.object else { return lines }
        if let model = body["model"]?.string { lines.append("model: \(quoted(model))") }
        if endpoint.kind == .model { lines.append("stream: \(body["stream"]?.bool ?? false)") }
        // The conditions contain the whole conversation, so that conversations with any difference get different rules.
        for name in ["messages", "input", "prompt", "instructions", "previous_response_id"] {
            guard let value = object[name], !value.isNull else { continue }
            lines.append("path.\"$.\(name)\": \(matched(value))")
        }
        if object["tools"] != nil { lines.append("path.\"$.tools\": { exists: true }") }
        return lines
    }

    /// The condition for a JSON value, which is also YAML. Lists and objects need `one_of`, because an object would be read as a match.
    private static func matched(_ value: JSONValue) -> String {
        if case .object = value { return "{ one_of: [\(value.text())] }" }
        if case .array = value { return "{ one_of: [\(value.text())] }" }
        return value.text()
    }

    // MARK: Steps

    private static let unsaid: Set<String> = [
        "content-length", "content-encoding", "date", "set-cookie", "server", "alt-svc", "cf-ray", "cf-cache-status",
    ]

    private mutating func step(_ exchange: RecordedExchange, _ answer: RecordedAnswer) -> String {
        var text = "      # \(exchange.words)\n      - raw:\n          status: \(answer.status)\n"
        let fields = Forwarding.headers(answer.headers).fields.filter { !Self.unsaid.contains($0.name.lowercased()) }
        if !fields.isEmpty {
            text += "          headers:\n"
            var seen: Set<String> = []
            for field in fields where seen.insert(field.name.lowercased()).inserted {
                text += "            \(Self.quoted(field.name)): \(Self.quoted(field.value))\n"
            }
        }
        let body = answer.plainBody
        if !body.isEmpty {
            let file = place(body, of: exchange, answer)
            text += file.map { "          file: \(Self.quoted($0))\n" } ?? Self.body(body)
        }
        let wait = (answer.pieces.first?.at ?? answer.headAt) / 1_000_000
        if wait > 0 { text += "        stream: { first: \(wait)ms }\n" }
        return text
    }

    /// The name of the body's file; nil if the body stays in the scenario.
    private mutating func place(_ body: [UInt8], of exchange: RecordedExchange, _ answer: RecordedAnswer) -> String? {
        guard let folder = placement.folder, body.count > placement.longestInline else { return nil }
        let type = answer.headers["content-type"]?.lowercased() ?? ""
        let ending = answer.isStream ? "sse" : type.contains("json") ? "json" : type.hasPrefix("text/") ? "txt" : "bin"
        let session = exchange.session.utf8.map { byte in
            let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x5F
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }
        let name = "\(folder)/\(session.joined())-\(exchange.number).\(ending)"
        files.append((name, body))
        return name
    }

    private static func body(_ body: [UInt8]) -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            return "          base64: \(Base64.text(body))\n"
        }
        guard isBlock(body) else { return "          body: \(quoted(text))\n" }
        let isClosed = body.last == 0x0A
        let lines = (isClosed ? body.dropLast() : body[...]).split(separator: 0x0A, omittingEmptySubsequences: false)
        return "          body: |2\(isClosed ? "+" : "-")\n"
            + lines.map { $0.isEmpty ? "\n" : "            \(String(decoding: $0, as: UTF8.self))\n" }.joined()
    }

    /// Whether YAML can contain the body as a block of lines: the body has only printable ASCII and line ends, and is not only white space.
    private static func isBlock(_ body: [UInt8]) -> Bool {
        body.contains { $0 > 0x20 } && body.first != 0x0A
            && body.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) }
    }

    /// A JSON string, which is also a YAML string, with escapes for characters that YAML does not allow.
    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).text().unicodeScalars.reduce(into: "") { quoted, scalar in
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
    }
}
