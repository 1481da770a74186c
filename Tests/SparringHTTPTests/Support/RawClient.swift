#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A bare TCP connection. Its calls block, and give up after a deadline.
final class RawClient: Sendable {
    /// How the server ended the connection.
    enum End: Sendable, Equatable {
        case finished
        case reset
        /// Still open.
        case open
    }

    struct Received: Sendable, Equatable {
        var text: String
        var end: End
    }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    private let descriptor: Int32

    /// - Parameters:
    ///   - receiveBuffer: the bytes that the client's kernel takes before the server has to wait; nil: the system's choice.
    ///   - patience: how many seconds a call waits for a byte. The default of ten minutes ends only a hang.
    init(port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil, patience: Int = 600) throws {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            // Without it, a program that another test starts at this moment would inherit the connection and keep it open.
            let type = hints.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
            let type = hints.ai_socktype
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &found)
        guard status == 0, let address = found?.pointee else { throw Failure(call: "getaddrinfo", code: status) }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.ai_family, type, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        if let receiveBuffer { try set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        try wait(seconds: patience)
        try set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: patience, tv_usec: 0))
        try set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            throw Failure(call: "connect", code: errno)
        }
    }

    deinit { close(descriptor) }

    /// Sets how long a read waits for a byte.
    func wait(seconds: Int) throws { try set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: seconds, tv_usec: 0)) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(descriptor, $0) }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Closes the client's side; answers can still be read.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits until the client's kernel has a byte of an answer, and does not read it.
    func awaitByte() {
        var byte: UInt8 = 0
        recv(descriptor, &byte, 1, Self.peek)
    }

    /// Returns the bytes until the text ends with `suffix` (nil: until the server closes), or until time runs out.
    /// - Parameters:
    ///   - quietAfter: the number of bytes that are waited for without a limit. After them a second without a byte ends
    ///     the call, so that a busy machine misses no byte, and a connection that stays open does not hang.
    ///   - bite: the most bytes of one read.
    ///   - pause: called before each read.
    func receive(
        until suffix: String? = nil, quietAfter: Int? = nil, bite: Int = 65_536, pause: () -> Void = {}
    ) -> Received {
        let (bytes, end) = receiveBytes(until: suffix, quietAfter: quietAfter, bite: bite, pause: pause)
        return Received(text: String(decoding: bytes, as: UTF8.self), end: end)
    }

    /// Like `receive`, for bytes that may not be UTF-8.
    /// - Parameter count: ends the call after so many bytes; nil: no limit.
    func receiveBytes(
        until suffix: String? = nil, count enough: Int? = nil, quietAfter: Int? = nil, bite: Int = 65_536,
        pause: () -> Void = {}
    ) -> (bytes: [UInt8], end: End) {
        let suffix = suffix.map { Array($0.utf8) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: bite)
        while true {
            pause()
            if let quietAfter, all.count >= quietAfter { try? wait(seconds: 1) }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            let end: End? =
                switch count {
                case 0: .finished
                case ..<0: errno == ECONNRESET ? .reset : .open
                default: nil
                }
            if let end { return (all, end) }
            all += buffer[..<count]
            if let suffix, all.suffix(suffix.count).elementsEqual(suffix) {
                return (all, .open)
            }
            if let enough, all.count >= enough { return (all, .open) }
        }
    }

    #if canImport(Glibc)
        private static let peek = Int32(MSG_PEEK)
    #else
        private static let peek = MSG_PEEK
    #endif

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        #endif
    }

    private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) throws {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
            throw Failure(call: "setsockopt", code: errno)
        }
    }
}
