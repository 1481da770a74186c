import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Stub mappings of WireMock in JSON or YAML (https://wiremock.org/docs/stubbing): one mapping, a list, or `mappings`.
///
/// A mapping can match many requests. Only a mapping that describes a single request can be imported. A mapping without
/// a body pattern becomes a request without a body.
enum WireMockFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? {
        let nodes = root["mappings"]?.items ?? root.items ?? [root]
        return nodes.contains(where: isMapping) || root["mappings"]?.items?.isEmpty == true ? nodes : nil
    }

    private static func isMapping(_ node: YAMLNode) -> Bool {
        node["response"] != nil && urlKeys.contains { node["request"]?[$0] != nil }
    }

    private static let urlKeys = ["url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate"]

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        guard let request = node["request"], let response = node["response"] else {
            throw node.mistake("the request or the response is missing")
        }
        for key in ["proxyBaseUrl", "fault"] where response[key].map({ !$0.isNull }) == true {
            throw response.mistake("the response has a `\(key)` instead of an answer")
        }
        if response["transformers"]?.items?.contains(where: { $0.text == "response-template" }) == true {
            throw response.mistake("the response is a template")
        }
        let method = request["method"]?.text ?? "ANY"
        let requestBody = try Self.requestBody(request)
        let delay = RecordedTime.nanoseconds(milliseconds: Double(response["fixedDelayMilliseconds"]?.integer ?? 0))
        let dribble = RecordedTime.nanoseconds(
            milliseconds: Double(response["chunkedDribbleDelay"]?["totalDuration"]?.integer ?? 0))
        return ImportedExchange(
            method: method == "ANY" ? (requestBody.isEmpty ? "GET" : "POST") : method, url: try target(request),
            requestHeaders: try headers(request["headers"]), requestBody: requestBody,
            status: response["status"]?.integer ?? 200, reason: response["statusMessage"]?.text ?? "",
            headers: try response["headers"]?.fields() ?? [:], body: try body(response, files), firstByteAt: delay,
            endAt: delay + dribble)
    }

    private static func target(_ request: YAMLNode) throws(ImportMistake) -> String {
        guard let path = (request["url"] ?? request["urlPath"])?.text else {
            throw request.mistake("the request has a pattern for its path, which can match many requests")
        }
        var query: [String] = []
        guard case .mapping(let pairs)? = request["queryParameters"]?.content else { return path }
        for (name, pattern) in pairs {
            let value = try equal(pattern, "a query parameter")
            query.append("\(FormText.encoded(name.text ?? ""))=\(FormText.encoded(value))")
        }
        return query.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    /// The headers for which the mapping gives an exact value. Headers for which the mapping gives a pattern are ignored.
    private static func headers(_ node: YAMLNode?) throws(ImportMistake) -> HeaderFields {
        var headers = HeaderFields()
        guard case .mapping(let pairs)? = node?.content else { return headers }
        for (name, pattern) in pairs {
            if let value = pattern["equalTo"]?.text { headers.append(name.text ?? "", value) }
        }
        return headers
    }

    private static func requestBody(_ request: YAMLNode) throws(ImportMistake) -> [UInt8] {
        if let parts = request["multipartPatterns"]?.items, !parts.isEmpty {
            throw request.mistake("the request has patterns for parts of its body, which can match many requests")
        }
        guard let patterns = request["bodyPatterns"]?.items, let first = patterns.first else { return [] }
        for pattern in patterns {
            if let json = pattern["equalToJson"] {
                let bytes = json.isScalar ? try json.bytes() : json.json.serialized()
                guard bytes.firstRange(of: "${json-unit.".utf8) == nil else { continue }
                return bytes
            }
            if let base64 = pattern["binaryEqualTo"]?.text { return try pattern.base64(base64) }
            if let text = pattern["equalTo"]?.text { return Array(text.utf8) }
        }
        return Array(try equal(first, "the body").utf8)
    }

    private static func equal(_ pattern: YAMLNode, _ what: String) throws(ImportMistake) -> String {
        if let text = pattern["equalTo"]?.text { return text }
        throw pattern.mistake("the request has a pattern for \(what), which can match many requests")
    }

    private static func body(_ response: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> [UInt8] {
        if let json = response["jsonBody"], !json.isNull { return json.json.serialized() }
        if let base64 = response["base64Body"]?.text { return try response.base64(base64) }
        if let body = response["body"] { return try body.bytes() }
        guard let name = response["bodyFileName"]?.text, !name.isEmpty else { return [] }
        guard let bytes = files.read(name) else {
            throw response.mistake("the body is in '\(name)', which is not a readable file in `__files`")
        }
        return bytes
    }
}
