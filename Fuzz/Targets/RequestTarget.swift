import NIOCore
import NIOEmbedded
import NIOHTTP1
import SparringHTTP
import SparringWire

/// Tests requests on a connection. Sparring's reader must find the same requests wherever the bytes are cut, and only requests that NIO's
/// decoder also finds. If the two found different ends, a client could hide a request in the body of another request.
extension FuzzTarget {
    static let requests = FuzzTarget("requests") { bytes in
        if let finding = Cuts.compare(bytes, ours) { return finding }
        let (first, second, memo) = (ours([bytes]), decoded(bytes), HeadMemo())
        // When the bytes are read the second time, the reader remembers the heads.
        for _ in 0..<2 where ours([bytes], memo) != first { return "with remembered heads: \(ours([bytes], memo))" }
        for (index, request) in first.enumerated() where index >= second.count || request != second[index] {
            // NIO's decoder accepts only methods whose names it knows, and only targets in ASCII.
            guard decoderKnows(request.method), request.target.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            return
                "request \(index) is \(request), but \(index < second.count ? "\(second[index])" : "nothing") for the decoder"
        }
        return nil
    }

    /// A chunked request: its head is put in front of the same bytes, because a mutation seldom makes such a head.
    static let chunkedBody = FuzzTarget("chunked-body") { bytes in
        requests.run(Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + bytes)
    }

    private struct Found: Equatable {
        var method: String
        var target: String
        var fields: [String]
        var body: [UInt8] = []
    }

    private static func ours(_ pieces: [[UInt8]]) -> [Found] { ours(pieces, nil) }

    private static func ours(_ pieces: [[UInt8]], _ memo: HeadMemo?) -> [Found] {
        var reader = RequestReader(limit: 1 << 20, memo: memo)
        var (requests, request): ([Found], Found?) = ([], nil)
        for piece in pieces {
            var bytes = ByteBuffer(bytes: piece)
            while let part = reader.next(from: &bytes) {
                switch part {
                case .head(let head):
                    request = Found(
                        method: head.method, target: head.target,
                        fields: head.headers.fields.map { "\($0.name): \($0.value)" })
                    // The bytes after this request may be in another protocol.
                    if head.isLast { return requests }
                case .body(let bytes): request?.body += Array(buffer: bytes)
                case .end:
                    if let request { requests.append(request) }
                case .problem: return requests
                }
            }
        }
        return requests
    }

    private static func decoded(_ bytes: [UInt8]) -> [Found] {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var (requests, request): ([Found], Found?) = ([], nil)
        // The decoder reports an error at once, and the requests before it can still be read.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                request = Found(
                    method: head.method.rawValue, target: head.uri,
                    fields: head.headers.map { "\($0.name): \(trimmed($0.value))" })
            case .body(let bytes): request?.body += Array(buffer: bytes)
            case .end:
                if let request { requests.append(request) }
            }
        }
        return requests
    }

    /// The decoder keeps white space after some values. It is not part of a value (RFC 9110 §5.5).
    private static func trimmed(_ value: String) -> Substring {
        var rest = value[...]
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }

    private static func decoderKnows(_ method: String) -> Bool {
        !decoded(Array("\(method) / HTTP/1.1\r\n\r\n".utf8)).isEmpty
    }
}
