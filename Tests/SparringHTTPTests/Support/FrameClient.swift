import NIOCore
import NIOHPACK
import SparringWire
import TestSupport

/// An HTTP/2 client that sends and receives single frames (RFC 9113 §4.1).
final class FrameClient {
    struct Frame: Sendable, Equatable {
        var type: UInt8
        var flags: UInt8 = 0
        var stream = 0
        var payload: [UInt8] = []

        var bytes: [UInt8] {
            let count = payload.count
            return [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags] + Self.word(stream)
                + payload
        }

        static func word(_ number: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        }
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let socket: RawSocket
    private let opensWindow: Bool
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    private var rest: [UInt8] = []
    /// The payloads of DATA, by stream.
    private(set) var bodies: [Int: [UInt8]] = [:]
    private(set) var heads: [Int: [String]] = [:]
    /// The server's first SETTINGS, in words.
    private(set) var settings = ""

    /// - Parameter window: the window for each answer, in bytes; nil for the default of 65535.
    init(port: Int, window: Int? = nil) throws {
        socket = try RawSocket(port: port)
        opensWindow = window == nil
        let settings = window.map { [0, 4] + Frame.word($0) } ?? []
        try socket.send(Self.preface + Frame(type: 4, payload: settings).bytes)
        // Waits for the acknowledgement, so that the settings apply to every request.
        self.settings = try receive { $0.hasPrefix("SETTINGS 3") }.last ?? ""
    }

    func send(_ frame: Frame) throws { try socket.send(frame.bytes) }

    /// A request's head. Each field is a literal without indexing (RFC 7541 §6.2.2).
    func ask(
        _ stream: Int, _ path: String, method: String = "GET", fields: [(String, String)] = [], isWhole: Bool = true
    ) throws {
        var all = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "test")]
        all += fields
        var block: [UInt8] = []
        for (name, value) in all {
            block.append(0)
            for text in [name, value] { block += Self.integer(text.utf8.count) + Array(text.utf8) }
        }
        let flags: UInt8 = isWhole ? 5 : 4
        guard block.count > 16_384 else {
            return try send(Frame(type: 1, flags: flags, stream: stream, payload: block))
        }
        try send(Frame(type: 1, flags: flags & 1, stream: stream, payload: Array(block[..<16_384])))
        for start in stride(from: 16_384, to: block.count, by: 16_384) {
            let end = min(start + 16_384, block.count)
            try send(
                Frame(type: 9, flags: end == block.count ? 4 : 0, stream: stream, payload: Array(block[start..<end])))
        }
    }

    /// RFC 7541 §5.1, in seven bits.
    private static func integer(_ number: Int) -> [UInt8] {
        guard number >= 127 else { return [UInt8(number)] }
        var (bytes, rest) = ([UInt8(127)], number - 127)
        while rest >= 128 {
            bytes.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return bytes + [UInt8(rest)]
    }

    /// Returns frames in words, up to the first that matches. If the server disconnects or the deadline has passed, the last word says how
    /// the connection ended.
    /// - Parameter isQuiet: whether all frames that the test must wait for have arrived. After that, one second without a byte ends the
    ///   call.
    func receive(
        quietWhen isQuiet: (FrameClient) -> Bool = { _ in false }, until isLast: (String) -> Bool
    ) throws -> [String] {
        var words: [String] = []
        while true {
            while let frame = next() {
                words.append(try take(frame))
                if isLast(words[words.count - 1]) { return words }
            }
            if isQuiet(self) { try socket.wait(for: .seconds(1)) }
            let (bytes, end) = socket.receiveBytes(count: 1)
            rest += bytes
            if bytes.isEmpty { return words + ["\(end)"] }
        }
    }

    private func next() -> Frame? {
        guard rest.count >= 9 else { return nil }
        let count = Int(rest[0]) << 16 | Int(rest[1]) << 8 | Int(rest[2])
        guard rest.count >= 9 + count else { return nil }
        let stream = rest[5..<9].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        defer { rest.removeFirst(9 + count) }
        return Frame(type: rest[3], flags: rest[4], stream: stream, payload: Array(rest[9..<(9 + count)]))
    }

    private func take(_ frame: Frame) throws -> String {
        func number(_ start: Int) -> Int { frame.payload[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
        let end = frame.flags & 1 == 1 ? " end" : ""
        switch frame.type {
        case 0:
            bodies[frame.stream, default: []] += frame.payload
            // Opens the flow-control window only for long answers. Short answers fit into the first window, and some of their
            // endings must be the last frame.
            if opensWindow, frame.payload.count >= 8192, end.isEmpty {
                for stream in [0, frame.stream] {
                    try send(Frame(type: 8, stream: stream, payload: Frame.word(frame.payload.count)))
                }
            }
            return "DATA \(frame.stream) \(frame.payload.count)\(end)"
        case 1:
            var block = ByteBuffer(bytes: frame.payload)
            let fields = try decoder.decodeHeaders(from: &block)
            heads[frame.stream] = fields.map { "\($0.name): \($0.value)" }
            return "HEADERS \(frame.stream) \(fields.first(name: ":status") ?? "")\(end)"
        case 3: return "RST_STREAM \(frame.stream) \(HTTP2Code.words(UInt32(number(0))))"
        case 4:
            guard end.isEmpty else { return "SETTINGS ack" }
            try send(Frame(type: 4, flags: 1))
            return "SETTINGS" + settings(frame.payload)
        case 6: return "PING"
        case 7: return "GOAWAY \(number(0)) \(HTTP2Code.words(UInt32(number(4))))"
        case 8: return "WINDOW_UPDATE \(frame.stream) \(number(0))"
        default: return "type \(frame.type)"
        }
    }

    private func settings(_ payload: [UInt8]) -> String {
        stride(from: 0, to: payload.count, by: 6).map { start in
            let value = payload[(start + 2)..<(start + 6)].reduce(0) { $0 << 8 | Int($1) }
            return " \(payload[start + 1])=\(value)"
        }.joined()
    }
}

extension [String] {
    /// The frames, without the frames that begin every connection.
    var afterSettings: [String] { filter { !$0.hasPrefix("SETTINGS 3=") && $0 != "SETTINGS ack" } }
}
