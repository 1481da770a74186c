import NIOCore
import NIOEmbedded
import NIOHTTP1
import SparringHTTP

/// A chunked body: the scanner that cuts the connection's bytes into requests against the decoder that reads them. If they found
/// different ends, a client could hide a request in the body of another one.
extension FuzzTarget {
    static let chunkedBody = FuzzTarget("chunked-body") { bytes in
        if let finding = Cuts.compare(bytes, ends(of:)) { return finding }
        guard let decoded = decodedEnd(of: bytes) else { return nil }
        let scanned = ends(of: [bytes])
        return scanned == decoded ? nil : "the scanner finds the end at \(scanned ?? -1), the decoder at \(decoded)"
    }

    private static func ends(of pieces: [[UInt8]]) -> Int? {
        var scanner = ChunkScanner()
        var offset = 0
        for piece in pieces {
            if case .ends(let end) = piece.withUnsafeBytes({ scanner.scan($0) }) { return offset + end }
            offset += piece.count
        }
        return nil
    }

    /// After how many bytes the decoder reports the end; nil if it reports an error first.
    private static func decodedEnd(of bytes: [UInt8]) -> Int? {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        guard (try? channel.writeInbound(ByteBuffer(string: head))) != nil else { return nil }
        for (index, byte) in bytes.enumerated() {
            guard (try? channel.writeInbound(ByteBuffer(bytes: [byte]))) != nil else { return nil }
            while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
                if case .end = part { return index + 1 }
            }
        }
        return nil
    }
}
