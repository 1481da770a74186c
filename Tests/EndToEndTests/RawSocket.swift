import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A bare TCP connection, for requests that no client library would send.
final class RawSocket: Sendable {
    private let descriptor: Int32

    /// How the peer ended the connection.
    enum End: Sendable, Equatable {
        case finished
        case reset
        /// Still open after the deadline.
        case open
    }

    struct Failure: Error, CustomStringConvertible {
        var call: String
        var code: Int32
        var description: String { "\(call): \(String(cString: strerror(code)))" }
    }

    /// - Parameters:
    ///   - receiveBuffer: the size of the kernel's receive buffer; nil for the system's default.
    ///   - deadline: how long a call waits for the peer. The default only ends a hang.
    init(port: UInt16, receiveBuffer: Int32? = nil, deadline: Duration = .seconds(60)) throws {
        #if canImport(Glibc)
            // Otherwise a server that another test starts at this moment would inherit the connection and keep it open.
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        if let receiveBuffer { try set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        try wait(for: deadline)
        try set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: Int(deadline.components.seconds), tv_usec: 0))
        try set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(descriptor, $0) }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends the same bytes again and again until the peer has closed the connection. The peer answers as soon as it can, and
    /// reads on for two seconds only, which may be too short on a busy machine. Its answer is read in any case.
    func send(_ bytes: [UInt8], atMost count: Int) {
        for _ in 0..<count { guard (try? send(bytes)) != nil else { break } }
    }

    /// Sends until the peer accepts no more bytes before the deadline.
    ///
    /// - Returns: the number of sent bytes.
    func sendUntilBlocked(_ bytes: [UInt8]) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Self.write(descriptor, $0) }
            guard count > 0 else {
                guard count < 0, errno == EAGAIN || errno == EWOULDBLOCK else {
                    throw Failure(call: "send", code: errno)
                }
                return sent
            }
            sent += count
        }
        return sent
    }

    /// Closes the sending side; answers can still be read.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Receives bytes until `text` has come (nil: until the peer closes), or until the deadline of a read.
    func receive(until text: String? = nil) -> (bytes: [UInt8], end: End) {
        let sought = text.map { Array($0.utf8) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            switch count {
            case 0: return (all, .finished)
            case ..<0 where errno == ECONNRESET: return (all, .reset)
            case ..<0: return (all, .open)
            default: all += buffer[..<count]
            }
            // Only the new bytes, and those that they may complete, can contain the text.
            if let sought, all.suffix(count + sought.count).contains(sought) { return (all, .open) }
        }
    }

    /// Receives bytes until the peer closes, or until it has sent nothing for a second after `isComplete` was true for the
    /// received bytes.
    ///
    /// The second begins when all expected bytes have come, so that a busy machine cannot use it up.
    func receive(untilQuietAfter isComplete: ([UInt8]) -> Bool) throws -> (bytes: [UInt8], end: End) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            switch count {
            case 0: return (all, .finished)
            case ..<0 where errno == ECONNRESET: return (all, .reset)
            case ..<0: return (all, .open)
            default: all += buffer[..<count]
            }
            if isComplete(all) { try wait(for: .seconds(1)) }
        }
    }

    /// Sets how long later reads wait.
    private func wait(for duration: Duration) throws {
        try set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: Int(duration.components.seconds), tv_usec: 0))
    }

    /// Receives the next bytes; empty after the peer has closed or the deadline has passed.
    func receiveSome() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

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

    /// Raises the limit of open connections to the system's maximum.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        getrlimit(files, &limit)
        limit.rlim_cur = min(limit.rlim_max, 10_240)
        setrlimit(files, &limit)
    }
}
