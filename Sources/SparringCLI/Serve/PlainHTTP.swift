// Needed for timespec and timeval: the compiler looks them up here if another module imports FoundationEssentials.
import CoreFoundation
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A GET request on a new connection, for health checks. Uses no proxy, and follows no redirects.
struct PlainHTTP {
    var host: String
    var port: Int
    /// The timeout of connecting and of every read.
    var seconds = 5

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `http://HOST[:PORT][/…]`, with an IPv6 address in brackets. Foundation's URL would need ICU's tables
    /// (docs/internals/distribution.md).
    init?(url: String) {
        guard url.lowercased().hasPrefix("http://") else { return nil }
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        var (host, port) = (authority, Substring("80"))
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[..<end].dropFirst()
            let rest = authority[end...].dropFirst()
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[colon...].dropFirst()
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }),
            port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port), number > 0
        else { return nil }
        self.init(host: String(host), port: Int(number))
    }

    struct Answer {
        var status: Int
        var body: [UInt8]
    }

    /// The reason why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    func get(_ path: String, token: String?) throws -> Answer {
        // Without this option, writing to a closed connection would end this program.
        signal(SIGPIPE, SIG_IGN)
        let socket = try connected()
        defer { close(socket) }
        let name = host.contains(":") ? "[\(host)]" : host
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let request = "GET \(path) HTTP/1.1\r\nHost: \(name):\(port)\r\n\(authorization)Connection: close\r\n\r\n"
        try send(Array(request.utf8), to: socket)
        return try answer(in: received(from: socket))
    }

    private func connected() throws -> Int32 {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw Failure(description: "'\(host)' has no address: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        var next = list
        while let address = next?.pointee {
            next = address.ai_next
            let socket = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            guard socket >= 0 else { continue }
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            if connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return socket }
            reason = String(cString: strerror(errno))
            close(socket)
        }
        throw Failure(description: reason)
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: String(cString: strerror(errno))) }
            rest = rest.dropFirst(count)
        }
    }

    private func received(from socket: Int32) throws -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // The answer to a health check is always shorter.
        while all.count < 1 << 20 {
            let count = read(socket, &buffer, buffer.count)
            guard count >= 0 else { throw Failure(description: "no answer within \(seconds) s") }
            if count == 0 { break }
            all += buffer[..<count]
        }
        return all
    }

    private func answer(in bytes: [UInt8]) throws -> Answer {
        let text = String(decoding: bytes.prefix(12), as: UTF8.self)
        guard text.hasPrefix("HTTP/1."), let status = Int(text.suffix(3)),
            let blank = bytes.firstRange(of: Array("\r\n\r\n".utf8))
        else { throw Failure(description: "the answer is not HTTP/1.1") }
        return Answer(status: status, body: Array(bytes[blank.upperBound...]))
    }
}
