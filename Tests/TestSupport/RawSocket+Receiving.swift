#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RawSocket {
    /// The way in which the peer ended the connection.
    package enum End: Sendable, Equatable {
        case finished
        case reset
        /// Still open: the expected bytes have arrived, or the deadline has passed.
        case open
    }

    package struct Text: Sendable, Equatable {
        package var text: String
        package var end: End

        package init(text: String, end: End) {
            self.text = text
            self.end = end
        }
    }

    /// Waits until a byte of an answer has reached this machine's kernel, and leaves it there.
    package func awaitByte() {
        var byte: UInt8 = 0
        recv(descriptor, &byte, 1, Int32(Self.peek))
    }

    /// The next bytes; empty if the peer has disconnected or the deadline has passed.
    package func receiveSome() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Returns bytes until they contain `text` (if nil, until the peer disconnects), or until the deadline of a read
    /// passes.
    package func receive(until text: String? = nil) -> (bytes: [UInt8], end: End) {
        let sought = text.map { Array($0.utf8) }
        return read { all, count in
            // Only the new bytes and those before them that they may complete can contain the text.
            sought.map { all.suffix(count + $0.count).contains($0) } ?? false
        }
    }

    /// Returns bytes until the peer disconnects, or until the peer has sent nothing for a second after `isComplete` was
    /// true for all bytes.
    ///
    /// A busy machine cannot use up that second, because it begins when the last expected byte has arrived.
    package func receive(untilQuietAfter isComplete: ([UInt8]) -> Bool) throws -> (bytes: [UInt8], end: End) {
        try read { all, _ in
            if isComplete(all) { try wait(for: .seconds(1)) }
            return false
        }
    }

    /// Returns text until it ends with `suffix` (if nil, until the peer disconnects), or until the deadline of a read
    /// passes. See `receiveBytes`.
    package func receiveText(
        endingWith suffix: String? = nil, quietAfter: Int? = nil, bite: Int = 65_536, pause: () -> Void = {}
    ) -> Text {
        let (bytes, end) = receiveBytes(endingWith: suffix, quietAfter: quietAfter, bite: bite, pause: pause)
        return Text(text: String(decoding: bytes, as: UTF8.self), end: end)
    }

    /// - Parameters:
    ///   - count: ends the call when this number of bytes has arrived; nil for any number.
    ///   - quietAfter: the number of bytes after which one second without a byte ends the call, on an open connection.
    ///   - bite: the maximum number of bytes in one read.
    ///   - pause: called before each read.
    package func receiveBytes(
        endingWith suffix: String? = nil, count enough: Int? = nil, quietAfter: Int? = nil, bite: Int = 65_536,
        pause: () -> Void = {}
    ) -> (bytes: [UInt8], end: End) {
        let suffix = suffix.map { Array($0.utf8) }
        func prepare(_ count: Int) {
            pause()
            if let quietAfter, count >= quietAfter { try? wait(for: .seconds(1)) }
        }
        return read(bite: bite, before: prepare) { all, _ in
            suffix.map { all.suffix($0.count).elementsEqual($0) } ?? false || enough.map { all.count >= $0 } ?? false
        }
    }

    /// Reads until `isEnough` is true. The closure `isEnough` gets all bytes and the number of new ones.
    /// - Parameter before: called before each read with the number of bytes so far.
    private func read<E: Error>(
        bite: Int = 65_536, before: (Int) -> Void = { _ in }, until isEnough: ([UInt8], Int) throws(E) -> Bool
    ) throws(E) -> (bytes: [UInt8], end: End) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: bite)
        while true {
            before(all.count)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            switch count {
            case 0: return (all, .finished)
            case ..<0: return (all, errno == ECONNRESET ? .reset : .open)
            default: all += buffer[..<count]
            }
            if try isEnough(all, count) { return (all, .open) }
        }
    }

    #if canImport(Glibc)
        private static let peek = MSG_PEEK
    #else
        private static let peek = MSG_PEEK
    #endif
}
