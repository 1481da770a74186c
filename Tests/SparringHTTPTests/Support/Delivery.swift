import TestSupport
import Testing

/// How a client delivers a request.
enum Delivery: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case whole
    case byteByByte = "byte by byte"
    /// The request arrives in one piece, together with the next request.
    case pipelined
    /// The client closes its side at once.
    case halfClosed = "half-closed"

    var testDescription: String { rawValue }

    func send(_ request: [UInt8], then next: String, on client: RawSocket) throws {
        switch self {
        case .whole: try client.send(request)
        case .byteByByte:
            // A longer request is cut into larger pieces.
            let size = request.count > 4096 ? 997 : 1
            for start in stride(from: 0, to: request.count, by: size) {
                try client.send(Array(request[start..<min(start + size, request.count)]))
            }
        case .pipelined: try client.send(request + Array(next.utf8))
        case .halfClosed:
            try client.send(request)
            client.finishSending()
        }
    }

    /// Whether the client detects an end although the server keeps the connection open.
    var endsConnection: Bool { self == .halfClosed }
    var asksTwice: Bool { self == .pipelined }
}
