import Foundation
import TestSupport

/// Requests as bytes, and a minimal parser of answers.
enum RawRequest {
    static func chat(
        stream: Bool = false,
        path: String = "/v1/chat/completions",
        headers: [String] = [],
        prompt: String = "Say hello."
    ) -> String {
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(prompt)"}],"stream":\#(stream)}"#
        return post(path, headers: headers, body: body)
    }

    static let models = "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-test\r\n\r\n"

    static func post(_ path: String, headers: [String] = [], body: String) -> String {
        let fields = [
            "POST \(path) HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer sk-test",
            "Content-Type: application/json", "Content-Length: \(body.utf8.count)",
        ]
        return (fields + headers).joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// Sends a plain request on a new connection, and returns the status of the answer.
    static func status(port: UInt16) throws -> Int? {
        let socket = try RawSocket(port: port)
        try socket.send(chat(headers: ["Connection: close"]))
        return RawAnswer(socket.receive().bytes)?.status
    }
}

/// One HTTP/1.1 answer.
struct RawAnswer {
    var status: Int
    var head: String
    /// The received body, without chunked framing.
    var body: String
    /// Whether the framing shows that the body is complete.
    var isComplete = false

    init?(_ bytes: [UInt8]) {
        guard let blank = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        head = String(decoding: bytes[..<blank.lowerBound], as: UTF8.self)
        guard let code = head.split(separator: " ").dropFirst().first, let status = Int(code) else { return nil }
        self.status = status
        let rest = Array(bytes[blank.upperBound...])
        if head.lowercased().contains("transfer-encoding: chunked") {
            let chunks = Self.dechunk(rest)
            body = String(decoding: chunks.bytes, as: UTF8.self)
            isComplete = chunks.isComplete
        } else {
            body = String(decoding: rest, as: UTF8.self)
            isComplete = head.lowercased().contains("content-length: \(rest.count)")
        }
    }

    /// The `data:` lines of an event stream.
    var events: [String] {
        body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    private static func dechunk(_ bytes: [UInt8]) -> (bytes: [UInt8], isComplete: Bool) {
        var rest = bytes[...]
        var all: [UInt8] = []
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else { break }
            if size == 0 { return (all, true) }
            rest = rest[line.upperBound...]
            all += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return (all, false)
    }
}
