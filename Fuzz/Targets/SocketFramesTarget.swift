import SparringWire

extension FuzzTarget {
    /// WebSocket frames of a client, or of a server if the first byte is `S`.
    static let socketFrames = FuzzTarget("socket-frames") { bytes in
        guard let first = bytes.first else { return nil }
        return Cuts.compare(Array(bytes.dropFirst())) { pieces in
            var reader = SocketReader(from: first == UInt8(ascii: "S") ? .server : .client, limit: 1 << 16)
            return pieces.flatMap { reader.read($0) }
        }
    }
}
