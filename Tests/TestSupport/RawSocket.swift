#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A bare TCP connection, for bytes that no client library would send. Its methods block.
package final class RawSocket: Sendable {
    let descriptor: Int32

    package struct Failure: Error, CustomStringConvertible {
        package var call: String
        package var code: Int32
        package var description: String { "\(call): \(String(cString: strerror(code)))" }
    }

    /// - Parameters:
    ///   - receiveBuffer: the number of bytes that the kernel takes before the peer has to wait; nil for the system's
    ///   default.
    ///   - deadline: how long a call waits for the peer. The default only ends a hang.
    package init(
        port: some BinaryInteger, host: String = "127.0.0.1", receiveBuffer: Int32? = nil,
        deadline: Duration = .seconds(600)
    ) throws {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            // A program that another test starts at this moment would inherit the connection and keep it open.
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
        try wait(for: deadline)
        try set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: Int(deadline.components.seconds), tv_usec: 0))
        try set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            throw Failure(call: "connect", code: errno)
        }
    }

    deinit { close(descriptor) }

    /// Sets how long a read waits for a byte.
    package func wait(for duration: Duration) throws {
        try set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: Int(duration.components.seconds), tv_usec: 0))
    }

    private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) throws {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
            throw Failure(call: "setsockopt", code: errno)
        }
    }

    /// Raises this process's limit of connections as far as the system allows.
    package static func raiseDescriptorLimit() {
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

// MARK: Sending

extension RawSocket {
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes(write)
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends the same bytes repeatedly until the peer has disconnected. The peer answers as soon as it can, and
    /// continues to read for only two seconds. A busy machine may use up this time, but its answer can still be read.
    package func send(_ bytes: [UInt8], atMost count: Int) {
        for _ in 0..<count { guard (try? send(bytes)) != nil else { break } }
    }

    /// Sends until the peer accepts no more bytes before the deadline.
    /// - Returns: the number of bytes that were sent.
    package func sendUntilBlocked(_ bytes: [UInt8]) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes(write)
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

    /// Closes this side of the connection. Answers can still be read.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
        #endif
    }
}
