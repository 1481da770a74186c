import Foundation
import TestSupport

/// A connection for several requests, one after another, like that of a client with a connection pool. Answers must
/// have a length.
final class KeptConnection {
    private let socket: RawSocket
    private let headers: [String]
    /// The bytes of the next answer that have arrived so far.
    private var held: [UInt8] = []

    init(port: UInt16, headers: [String] = ["Authorization: Bearer sk-test"]) throws {
        socket = try RawSocket(port: port)
        self.headers = headers
    }

    struct Answer {
        var status: Int
        var body: [UInt8]

        func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
            do { return try JSONDecoder().decode(type, from: Data(body)) } catch {
                throw Broken(description: "\(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
            }
        }
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    func ask(_ method: String, _ path: String, _ body: String = "", type: String = "application/json") throws -> Answer
    {
        let fields = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + headers
        let length = body.isEmpty ? [] : ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
        try socket.send((fields + length).joined(separator: "\r\n") + "\r\n\r\n" + body)
        let blank = Array("\r\n\r\n".utf8)
        while held.firstRange(of: blank) == nil { try more("\(method) \(path)") }
        guard let end = held.firstRange(of: blank) else { throw Broken(description: "no head") }
        let head = String(decoding: held[..<end.lowerBound], as: UTF8.self).lowercased()
        let lines = head.components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let count = lines.first(where: { $0.hasPrefix("content-length: ") }).flatMap({ Int($0.dropFirst(16)) })
        else { throw Broken(description: "\(method) \(path): \(head)") }
        while held.count < end.upperBound + count { try more("\(method) \(path)") }
        let bytes = Array(held[end.upperBound..<(end.upperBound + count)])
        held.removeFirst(end.upperBound + count)
        return Answer(status: status, body: bytes)
    }

    private func more(_ request: String) throws {
        let bytes = socket.receiveSome()
        guard !bytes.isEmpty else { throw Broken(description: "\(request): the answer broke off") }
        held += bytes
    }
}
