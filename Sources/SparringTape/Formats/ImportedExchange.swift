import SparringExchange
package import SparringWire

/// An exchange of another tool's file: whole, with few times or none, and with whatever secrets it holds.
package struct ImportedExchange: Sendable, Hashable {
    /// Unix nanoseconds; 0 where the file does not say.
    package var startedAt: Int64 = 0
    package var method: String
    /// With scheme and host, as the other tool keeps it.
    package var url: String
    package var requestHeaders: HeaderFields
    package var requestBody: [UInt8]
    package var status: Int
    package var reason: String
    package var headers: HeaderFields
    /// In the content coding that `headers` name, or without it: most tools take it off and leave the field.
    package var body: [UInt8]
    /// Nanoseconds from the start to the first byte, and to the last.
    package var firstByteAt: Int64 = 0
    package var endAt: Int64 = 0

    package init(
        startedAt: Int64 = 0, method: String, url: String, requestHeaders: HeaderFields, requestBody: [UInt8],
        status: Int, reason: String, headers: HeaderFields, body: [UInt8], firstByteAt: Int64 = 0, endAt: Int64 = 0
    ) {
        self.startedAt = startedAt
        self.method = method
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

    /// Path and query, with the path of any base URL made `/v1`, as Sparring's own is.
    package var target: String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
        guard !path.hasPrefix("/v1/"), let version = path.firstRange(of: "/v1/") else { return path }
        return String(path[version.lowerBound...])
    }

    /// What a recording would have heard. Events of a stream are pieces of their own; where the times between them are not known, they
    /// come evenly between the first and the last.
    package func events(session: String) -> [TapeEvent] {
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

    /// A body that reads as text is in no coding, whatever its headers say: no compressed one does.
    private static func headers(_ headers: HeaderFields, of body: [UInt8]) -> HeaderFields {
        var headers = headers
        if !ContentCoding.list(headers).isEmpty, String(validating: body, as: UTF8.self) != nil {
            headers["content-encoding"] = nil
        }
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

/// Why a file is not what it was taken for; says where.
package struct ImportMistake: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
