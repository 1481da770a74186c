import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Cassettes of VCR.py in YAML or JSON (https://vcrpy.readthedocs.io): `interactions`, each with a request and a response.
///
/// The serializers that are in use write different members. A status is `status.code`, `status_code` or `status`. A body is `body.string`,
/// `body`, `content` or, decoded, `parsed_body`. LangChain's cassettes have two lists, `requests` and `responses`; in version 0, the file
/// itself is the list.
enum VCRFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? {
        if let nodes = root["interactions"]?.items {
            // Only the responses in go-vcr's cassettes have a `code`.
            return nodes.first?["response"]?["code"] == nil ? nodes : nil
        }
        if let requests = root["requests"]?.items, let responses = root["responses"]?.items {
            return zip(requests, responses).map { request, response in
                let pairs: [(key: YAMLNode, value: YAMLNode)] = [
                    (name("request"), request), (name("response"), response),
                ]
                return YAMLNode(.mapping(pairs), line: request.line)
            }
        }
        return root.items?.first?["request"]?["uri"] == nil ? nil : root.items
    }

    private static func name(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, isPlain: false), line: 0) }

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        guard let request = node["request"], let response = node["response"] else {
            throw node.mistake("the request or the response is missing")
        }
        guard let method = request["method"]?.text, let url = (request["uri"] ?? request["url"])?.text else {
            throw request.mistake("the request has no method and uri")
        }
        let code = response["status"]?["code"] ?? response["status_code"] ?? response["status"]
        guard let status = code?.integer else { throw response.mistake("the response has no status code") }
        return ImportedExchange(
            method: method, url: url, requestHeaders: try request["headers"]?.fields() ?? [:],
            requestBody: try body(of: request), status: status, reason: response["status"]?["message"]?.text ?? "",
            headers: try response["headers"]?.fields() ?? [:], body: try body(of: response))
    }

    private static func body(of message: YAMLNode) throws(ImportMistake) -> [UInt8] {
        if let parsed = message["parsed_body"], !parsed.isNull { return parsed.json.serialized() }
        return try (message["body"] ?? message["content"])?.bytes() ?? []
    }
}
