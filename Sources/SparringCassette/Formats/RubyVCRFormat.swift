import SparringExchange
import SparringScenario
import SparringWire

/// Cassettes of Ruby's VCR in YAML or JSON (https://github.com/vcr/vcr): `http_interactions`, with lower-case methods, and bodies as
/// `{ encoding, string }` or `{ encoding, base64_string }`.
enum RubyVCRFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? { root["http_interactions"]?.items }

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        guard let request = node["request"], let response = node["response"] else {
            throw node.mistake("the request or the response is missing")
        }
        guard let method = request["method"]?.text, let url = request["uri"]?.text else {
            throw request.mistake("the request has no method and uri")
        }
        guard let status = response["status"]?["code"]?.integer else {
            throw response.mistake("the response has no status code")
        }
        let recordedAt = node["recorded_at"]?.text ?? ""
        let seconds = UTCTime.httpDate(recordedAt).map { Int64($0) * 1_000_000_000 }
        return ImportedExchange(
            startedAt: seconds ?? UTCTime.nanoseconds(recordedAt) ?? 0, method: method, url: url,
            requestHeaders: try request["headers"]?.fields() ?? [:], requestBody: try body(request["body"]),
            status: status, reason: response["status"]?["message"]?.text ?? "",
            headers: try response["headers"]?.fields() ?? [:], body: try body(response["body"]))
    }

    /// Returns the bytes that were sent. The file has a `string` in UTF-8, and its `encoding` names the original encoding.
    private static func body(_ node: YAMLNode?) throws(ImportMistake) -> [UInt8] {
        guard let node, !node.isNull else { return [] }
        let bytes = try node.bytes()
        let encoding = node["encoding"]?.text?.uppercased()
        guard encoding == "ISO-8859-1", node["base64_string"] == nil, node["string"]?.isBinary == false else {
            return bytes
        }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        let latin = scalars.compactMap { UInt8(exactly: $0.value) }
        return latin.count == scalars.count ? latin : bytes
    }
}
