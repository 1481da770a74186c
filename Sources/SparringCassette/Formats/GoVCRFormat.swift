import SparringExchange
import SparringScenario
import SparringWire

/// Cassettes of go-vcr (https://github.com/dnaeon/go-vcr), format versions 1 and 2: `interactions` whose requests have a `url` and
/// whose responses have a `code` and a status line.
enum GoVCRFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? {
        guard let nodes = root["interactions"]?.items, let first = nodes.first else { return nil }
        return first["response"]?["code"] == nil ? nil : nodes
    }

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        guard let request = node["request"], let response = node["response"] else {
            throw node.mistake("the request or the response is missing")
        }
        guard let method = request["method"]?.text, let url = request["url"]?.text else {
            throw request.mistake("the request has no method and url")
        }
        guard let status = response["code"]?.integer else { throw response.mistake("the response has no code") }
        let headers = try request["headers"]?.fields() ?? [:]
        var body = try request["body"]?.bytes() ?? []
        if body.isEmpty, headers["content-type"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            body = Array(form(request["form"]).utf8)
        }
        return ImportedExchange(
            // In Go, an empty method means GET.
            method: method.isEmpty ? "GET" : method, url: url, requestHeaders: headers, requestBody: body,
            status: status,
            reason: reason(response["status"]?.text ?? "", status), headers: try response["headers"]?.fields() ?? [:],
            body: try response["body"]?.bytes() ?? [],
            endAt: GoVCRDuration.nanoseconds(response["duration"]?.text ?? "") ?? 0)
    }

    /// The reason phrase in a status such as `200 OK`.
    private static func reason(_ line: String, _ status: Int) -> String {
        guard line.hasPrefix("\(status)") else { return line }
        return String(line.dropFirst("\(status)".count).drop { $0 == " " })
    }

    /// Encodes a recorded form as Go does, with its fields sorted by name. This is needed because Go had parsed the body before the
    /// recording.
    private static func form(_ node: YAMLNode?) -> String {
        guard case .mapping(let pairs)? = node?.content else { return "" }
        let fields = pairs.flatMap { key, value in
            (value.items ?? [value]).map { (key.text ?? "", $0.text ?? "") }
        }
        return fields.map { "\(FormText.encoded($0))=\(FormText.encoded($1))" }
            .joined(separator: "&")
    }
}

/// A duration in Go's notation: `1m2.5s`, `812ms`, `0s`, or a number of nanoseconds.
enum GoVCRDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("µs", 1e3), ("μs", 1e3), ("us", 1e3), ("ms", 1e6), ("h", 3600e9), ("m", 60e9), ("s", 1e9),
    ]

    /// Returns nil for text that is not a duration.
    static func nanoseconds(_ text: String) -> Int64? {
        if let whole = Int64(text) { return (0...Int64(1e15)).contains(whole) ? whole : nil }
        var (rest, sum) = (text[...], 0.0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.name) }) else {
                return nil
            }
            rest = rest.dropFirst(unit.name.count)
            sum += number * unit.nanoseconds
        }
        return text.isEmpty || sum > 1e15 ? nil : Int64(sum)
    }
}
