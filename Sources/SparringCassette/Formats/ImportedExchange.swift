import SparringExchange
package import SparringWire

/// An exchange from another tool's file. It has a whole answer, has few times or none, and is not masked.
package struct ImportedExchange: Sendable, Hashable {
    /// The start in Unix nanoseconds, from the file; otherwise from the answer's `Date` or from its time of creation; 0 if the start is
    /// unknown.
    package var startedAt: Int64 = 0
    package var method: String
    /// The URL with scheme and host, as recorded.
    package var url: String
    package var requestHeaders: HeaderFields
    package var requestBody: [UInt8]
    package var status: Int
    package var reason: String
    package var headers: HeaderFields
    /// The body. It is in the content coding that `headers` name, or decoded: most tools decode the body but keep the field.
    package var body: [UInt8]
    /// Nanoseconds from the start to the first byte of the answer (`firstByteAt`), and to its last byte.
    package var firstByteAt: Int64 = 0
    package var endAt: Int64 = 0

    package init(
        startedAt: Int64 = 0, method: String, url: String, requestHeaders: HeaderFields, requestBody: [UInt8],
        status: Int, reason: String, headers: HeaderFields, body: [UInt8], firstByteAt: Int64 = 0, endAt: Int64 = 0
    ) {
        self.startedAt = startedAt > 0 ? startedAt : RecordedTime.of(headers, body) ?? 0
        // Ruby and some Python clients write methods in lower case; early Ruby cassettes use symbols such as `:post`.
        self.method = method.drop { $0 == ":" }.uppercased()
        self.url = url
        self.requestHeaders = requestHeaders
        self.requestBody = requestBody
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.firstByteAt = firstByteAt
        self.endAt = endAt
    }

    /// Path and query. Removes everything before `/v1/` or Azure's `/openai/v1/`, because that part belongs to the base URL. If the URL is
    /// masked (`MaskedTarget`), this is the mask alone.
    package var target: String {
        var path = url[...]
        var host: Substring?
        if let scheme = url.firstRange(of: "://"), url[..<scheme.lowerBound].allSatisfy({ $0.isLetter }) {
            let rest = url[scheme.upperBound...]
            host = rest.prefix { $0 != "/" && $0 != "?" }
            path = rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0...] } ?? "/"
        }
        let (place, query) = (path.prefix { $0 != "?" && $0 != "#" }, path.drop { $0 != "?" }.prefix { $0 != "#" })
        if let mask = MaskedTarget.mask(host: host, path: place) { return mask }
        let version = place.firstRange(of: "/openai/v1/") ?? place.firstRange(of: "/v1/")
        let start = version?.lowerBound ?? place.startIndex
        return (place.isEmpty ? "/" : String(place[start...])) + query
    }

    /// The events of the exchange as a recorder would have received them. Each event of a stream is a piece; pieces
    /// without times are spread evenly between the first and the last.
    package func events(session: String) -> [CassetteEvent] {
        func moment(_ time: Int64) -> Moment { Moment(nanoseconds: time) }
        let headers = Self.headers(headers, of: body)
        let request = Request(
            method: method, target: target, headers: Self.headers(requestHeaders, of: requestBody), body: requestBody)
        let isStream = headers["content-type"]?.lowercased().hasPrefix("text/event-stream") ?? false
        let pieces = Self.pieces(of: body, isStream: isStream && ContentCoding.list(headers).isEmpty)
        let step = pieces.count > 1 ? max(0, endAt - firstByteAt) / Int64(pieces.count - 1) : 0
        return [
            .began(request, target: target, session: session, startedAt: startedAt, at: moment(0)),
            .head(UpstreamHead(status: status, reason: reason, headers: headers), at: moment(firstByteAt)),
        ]
            + zip(0..., pieces).map { .body($1, at: moment(firstByteAt + Int64($0) * step)) }
            + [.ended(.complete, at: moment(max(endAt, firstByteAt)))]
    }

    /// Corrects `Content-Encoding`, because many tools decode a body and keep this field. A body in gzip or Zstandard
    /// begins with the format's signature; a body that is text and cannot be decoded has no coding.
    private static func headers(_ headers: HeaderFields, of body: [UInt8]) -> HeaderFields {
        var headers = headers
        let codings = ContentCoding.list(headers)
        let isDecoded =
            switch codings.last {
            case nil: false
            case "gzip"?, "x-gzip"?: !Packing.isGzip(body)
            case "zstd"?: !Packing.isZstandard(body)
            default:
                String(validating: body, as: UTF8.self) != nil && ContentCoding.decoded(body, codings) == nil
            }
        if isDecoded { headers["content-encoding"] = nil }
        if headers.contains("content-length") { headers["content-length"] = String(body.count) }
        return headers
    }

    private static func pieces(of body: [UInt8], isStream: Bool) -> [[UInt8]] {
        guard isStream else { return body.isEmpty ? [] : [body] }
        var (pieces, start, index): ([[UInt8]], Int, Int) = ([], 0, 1)
        while index < body.count {
            if body[index] == 0x0A, body[index - 1] == 0x0A {
                pieces.append(Array(body[start...index]))
                start = index + 1
            }
            index += 1
        }
        if start < body.count { pieces.append(Array(body[start...])) }
        return pieces
    }
}

/// The reason why a file or a recording cannot be imported, with the place.
package struct ImportMistake: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
