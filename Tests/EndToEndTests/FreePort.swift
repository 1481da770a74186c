import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Free ports for servers whose port must be known before they start, or must stay free after they stop.
///
/// The ports are below the system's ephemeral ports (from 32768 on Linux, from 49152 on macOS). Therefore no other program gets such a
/// port, and no other test of this process gets the same port.
enum FreePort {
    private static let given = Mutex<Set<UInt16>>([])

    static func next() throws -> Int {
        for _ in 1...1000 {
            let port = UInt16.random(in: 20_000..<32_000)
            if given.withLock({ $0.insert(port).inserted }), try isFree(port) { return Int(port) }
        }
        throw NotFound()
    }

    struct NotFound: Error {}

    private static func isFree(_ port: UInt16) throws -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
