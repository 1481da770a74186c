import SparringAPI
package import SparringExchange
package import SparringJSON
import SparringWire

extension Exchange {
    /// The same as `json(origin:)`, with the request's body and its headers in the order of the request. A body that is not text is in
    /// `body_base64`. Secrets are masked. A compressed body is left out, because secrets in it cannot be masked here.
    package func fullJSON(origin: Moment) -> JSONValue {
        guard case .object(var entry) = json(origin: origin) else { return .null }
        entry["headers"] = .array(
            Redaction.headers(request.headers).fields.map { [.string($0.name), .string($0.value)] })
        let coding = request.headers.list("content-encoding").first { $0 != "identity" }
        if !request.body.isEmpty, coding != nil || Packing.isPacked(request.body) {
            entry["body"] = .null
            entry["body_withheld"] = .string(
                "the body is \(coding.map { "coded as '\(Redaction.text($0))'" } ?? "compressed"): secrets in it cannot be masked"
            )
            return .object(entry)
        }
        let body = Redaction.bytes(request.body, type: request.headers["content-type"])
        if let text = String(validating: body, as: UTF8.self) {
            entry["body"] = .string(text)
        } else {
            entry["body_base64"] = .string(Base64.text(body))
        }
        return .object(entry)
    }
}
