import SparringExchange
import SparringScenario
import SparringWire

/// Cassettes of Datadog's test agent (https://github.com/DataDog/dd-apm-test-agent), each with one exchange: `request`
/// and `response`. A body that was not text begins with `base64:`.
enum TestAgentFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? {
        root["request"]?["method"] != nil && root["response"]?["status"]?["code"] != nil ? [root] : nil
    }

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        guard let request = node["request"], let response = node["response"], let status = response["status"],
            let code = status["code"]?.integer, let method = request["method"]?.text,
            let url = (request["url"] ?? request["uri"])?.text
        else { throw node.mistake("a request with method and url or a response with a status code is missing") }
        return ImportedExchange(
            method: method, url: url, requestHeaders: try request["headers"]?.fields() ?? [:],
            requestBody: try body(request["body"]), status: code, reason: status["message"]?.text ?? "",
            headers: try response["headers"]?.fields() ?? [:], body: try body(response["body"]))
    }

    private static func body(_ node: YAMLNode?) throws(ImportMistake) -> [UInt8] {
        guard let node else { return [] }
        guard let text = node.text, text.hasPrefix("base64:") else { return try node.bytes() }
        return try node.base64(text.dropFirst(7))
    }
}
