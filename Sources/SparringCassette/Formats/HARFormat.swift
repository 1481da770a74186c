import SparringAPI
import SparringExchange
package import SparringJSON
import SparringScenario
import SparringWire

/// HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which is read and written one entry at a time.
package enum HARFormat: DocumentFormat {
    static func interactions(in root: YAMLNode) -> [YAMLNode]? { root["log"]?["entries"]?.items }

    static func exchange(_ node: YAMLNode, _ files: BodyFiles) throws(ImportMistake) -> ImportedExchange? {
        try exchange(node.json)
    }

    /// - Returns: nil for an entry without an answer, whose status is 0.
    package static func exchange(_ entry: JSONValue) throws(ImportMistake) -> ImportedExchange? {
        guard let request = entry["request"], let response = entry["response"], let method = request["method"]?.string,
            let url = request["url"]?.string, let status = response["status"]?.int
        else { throw ImportMistake("an entry needs a request with method and url, and a response with a status") }
        guard status > 0 else { return nil }
        let timings = entry["timings"]
        let waits = ["blocked", "dns", "connect", "send", "wait"].compactMap { timings?[$0]?.double }.filter { $0 > 0 }
        let first = RecordedTime.nanoseconds(milliseconds: waits.reduce(0, +))
        return ImportedExchange(
            startedAt: entry["startedDateTime"]?.string.flatMap(UTCTime.nanoseconds) ?? 0, method: method, url: url,
            requestHeaders: headers(request), requestBody: try HARBody.request(request), status: status,
            reason: response["statusText"]?.string ?? "", headers: headers(response),
            body: try HARBody.response(response), firstByteAt: first,
            endAt: max(first, RecordedTime.nanoseconds(milliseconds: entry["time"]?.double ?? 0)))
    }

    private static func headers(_ part: JSONValue) -> HeaderFields {
        HeaderFields(
            (part["headers"]?.array ?? []).compactMap { field in
                // Browsers also record the pseudo-header fields of HTTP/2, which are left out.
                guard let name = field["name"]?.string, let value = field["value"]?.string, !name.hasPrefix(":") else {
                    return nil
                }
                return HeaderFields.Field(name, value)
            })
    }

    // MARK: Out

    /// The text of a HAR file before its entries, and the text after them. Commas separate the entries.
    package static func frame(version: String) -> (before: String, after: String) {
        (
            #"{"log":{"version":"1.2","creator":{"name":"sparring","version":"\#(version)"},"entries":["# + "\n",
            "\n]}}\n"
        )
    }

    /// - Parameter host: the scheme and host that are put before the target, because a cassette does not contain them.
    package static func entry(_ exchange: RecordedExchange, host: String) -> JSONValue {
        let (request, answer) = (exchange.request, exchange.answer)
        let end = answer?.endAt ?? 0
        let head = answer?.headAt ?? 0
        var entry: JSONObject = [
            "startedDateTime": .string(UTCTime.text(exchange.startedAt)), "time": milliseconds(end),
            "request": self.request(request, host), "response": response(exchange),
            "cache": [:],
            "timings": ["send": 0, "wait": milliseconds(head), "receive": milliseconds(max(0, end - head))],
        ]
        if exchange.ending != .complete { entry["_ending"] = .string(exchange.ending.rawValue) }
        if let answer, answer.isStream {
            entry["_pieces"] = .array(answer.pieces.map { [milliseconds($0.at), .int($0.count)] })
        }
        if exchange.isSocket {
            entry["_webSocketMessages"] = .array(exchange.messages.map { message($0, of: exchange) })
        }
        return .object(entry)
    }

    /// A message as Chrome's developer tools write it: its time in Unix seconds, and its bytes in base64. A Close frame has the opcode 8,
    /// and has its code and its reason as text.
    private static func message(_ message: RecordedMessage, of exchange: RecordedExchange) -> JSONValue {
        let (opcode, data) =
            switch message.content {
            case .text(let bytes): (1, String(decoding: bytes, as: UTF8.self))
            case .binary(let bytes): (2, Base64.text(bytes))
            case .close(let code, let reason): (8, [code.map { "\($0)" } ?? "", reason].joined(separator: " "))
            }
        return [
            "type": message.sender == .client ? "send" : "receive",
            "time": .number(JSONNumber(Double((exchange.startedAt + message.at) / 1000) / 1_000_000)),
            "opcode": .int(opcode), "data": .string(data),
        ]
    }

    private static func request(_ request: RecordedRequest, _ host: String) -> JSONValue {
        // A mask has no slash, and would become a part of the host without one.
        let slash = MaskedTarget.isMask(request.target) ? "/" : ""
        var object: JSONObject = [
            "method": .string(request.method), "url": .string(host + slash + request.target),
            "httpVersion": .string("HTTP/1.\(request.minorVersion)"), "cookies": [], "headers": fields(request.headers),
            "queryString": .array(
                QueryItems(target: request.target).items.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "headersSize": -1, "bodySize": .int(request.body.count),
        ]
        if !request.body.isEmpty {
            var data: JSONObject = [
                "mimeType": .string(request.headers["content-type"] ?? "application/octet-stream")
            ]
            if let text = String(validating: request.body, as: UTF8.self) {
                data["text"] = .string(text)
            } else {
                data["text"] = .string(Base64.text(request.body))
                data["encoding"] = "base64"
            }
            object["postData"] = .object(data)
        }
        return .object(object)
    }

    private static func response(_ exchange: RecordedExchange) -> JSONValue {
        let answer = exchange.answer ?? RecordedAnswer(status: 0)
        let plain = answer.plainBody
        var content: JSONObject = [
            "size": .int(plain.count), "mimeType": .string(answer.headers["content-type"] ?? "x-unknown"),
        ]
        if let text = String(validating: plain, as: UTF8.self) {
            content["text"] = .string(text)
        } else {
            content["text"] = .string(Base64.text(plain))
            content["encoding"] = "base64"
        }
        return [
            "status": .int(answer.status), "statusText": .string(answer.reason),
            "httpVersion": .string("HTTP/1.\(answer.minorVersion)"), "cookies": [], "headers": fields(answer.headers),
            "content": .object(content), "redirectURL": .string(answer.headers["location"] ?? ""), "headersSize": -1,
            "bodySize": .int(answer.body.count),
        ]
    }

    private static func fields(_ headers: HeaderFields) -> JSONValue {
        .array(headers.fields.map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    private static func milliseconds(_ nanoseconds: Int64) -> JSONValue {
        .number(JSONNumber(Double(nanoseconds / 1000) / 1000))
    }
}
