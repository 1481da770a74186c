import SparringExchange
import SparringWire

/// Files of Go's `httprr` package (https://pkg.go.dev/golang.org/x/oscar/internal/httprr). A file has a first line; for each exchange, the
/// lengths of the request and the response follow, and then the bytes of both.
package enum HTTPRRFormat {
    static let firstLine = "httprr trace v1"

    package static func file(_ bytes: [UInt8]) throws(ImportMistake) -> ImportedFile {
        var file = ImportedFile()
        var rest = bytes[...]
        guard Self.line(&rest) == firstLine else { throw ImportMistake("the first line is not `\(firstLine)`") }
        var number = 0
        // Editors add a line feed to the end of a file.
        while rest.contains(where: { $0 != 0x0A && $0 != 0x0D }) {
            number += 1
            let lengths = (Self.line(&rest) ?? "").split(separator: " ").map { Int($0) }
            guard lengths.count == 2, let first = lengths[0], let second = lengths[1], first >= 0, second >= 0,
                first <= rest.count, second <= rest.count - first
            else {
                file.leftOut.append("exchange \(number): its lengths are missing or wrong; the rest is not read")
                break
            }
            let request = rest.prefix(first)
            let response = rest.dropFirst(first).prefix(second)
            rest = rest.dropFirst(first + second)
            do throws(ImportMistake) {
                file.exchanges.append(try exchange(HTTPMessage(request), HTTPMessage(response)))
            } catch {
                file.leftOut.append("exchange \(number): \(error)")
            }
        }
        return file
    }

    private static func line(_ bytes: inout ArraySlice<UInt8>) -> String? {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        let line = bytes[..<end]
        bytes = bytes[(end + 1)...]
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }

    private static func exchange(
        _ request: HTTPMessage, _ response: HTTPMessage
    ) throws(ImportMistake) -> ImportedExchange {
        let asked = request.start.split(separator: " ")
        let answered = response.start.split(separator: " ", maxSplits: 2)
        guard asked.count == 3, answered.count >= 2, answered[0].hasPrefix("HTTP/"), let status = Int(answered[1])
        else { throw ImportMistake("the request line or the status line is missing") }
        let target = String(asked[1])
        let host = request.headers["host"].map { "https://\($0)" } ?? ""
        return ImportedExchange(
            method: String(asked[0]), url: target.hasPrefix("/") ? host + target : target,
            requestHeaders: request.headers, requestBody: request.body, status: status,
            reason: answered.count > 2 ? String(answered[2]) : "", headers: response.headers, body: response.body)
    }
}

/// A whole HTTP/1 message, parsed from its bytes on the wire.
struct HTTPMessage: Sendable, Hashable {
    var start: String
    var headers = HeaderFields()
    /// The body without its framing.
    var body: [UInt8]

    init(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) {
        var rest = bytes
        var lines: [String] = []
        while let end = rest.firstIndex(of: 0x0A) {
            var line = rest[..<end]
            if line.last == 0x0D { line.removeLast() }
            rest = rest[(end + 1)...]
            guard !line.isEmpty else { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        start = lines.first ?? ""
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw ImportMistake("a header has no colon") }
            headers.append(String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " || $0 == "\t" }))
        }
        let isChunked = headers["transfer-encoding"]?.lowercased().hasSuffix("chunked") ?? false
        guard isChunked else {
            body = Array(headers["content-length"].flatMap { Int($0) }.map { rest.prefix(max(0, $0)) } ?? rest)
            return
        }
        headers["transfer-encoding"] = nil
        body = try Self.unchunked(rest)
    }

    /// Removes the chunked framing (RFC 9112 §7.1).
    private static func unchunked(_ bytes: ArraySlice<UInt8>) throws(ImportMistake) -> [UInt8] {
        var (body, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes)
        while let end = rest.firstIndex(of: 0x0A) {
            let digits = String(decoding: rest[..<end].prefix { $0 != 0x3B && $0 != 0x0D && $0 != 0x20 }, as: UTF8.self)
            guard let size = Int(digits, radix: 16), size >= 0 else { throw ImportMistake("a chunk has no size") }
            rest = rest[(end + 1)...]
            guard size > 0 else { return body }
            guard size <= rest.count else { break }
            body += rest.prefix(size)
            rest = rest.dropFirst(size).drop { $0 == 0x0D }.dropFirst()
        }
        throw ImportMistake("a chunk is cut off")
    }
}
