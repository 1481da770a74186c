#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A socket of this process.
struct OpenSocket {
    let closesOnExec: Bool

    /// The sockets with this local port: the sockets of a server that listens on the port.
    static func all(port: Int) -> [OpenSocket] {
        (3..<Int32(4096)).compactMap { descriptor in
            var address = sockaddr_in6()
            var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let status = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
            }
            let family = Int32(address.sin6_family)
            // The port is at the same place in both address families.
            guard status == 0, family == AF_INET || family == AF_INET6,
                Int(UInt16(bigEndian: address.sin6_port)) == port
            else { return nil }
            return OpenSocket(closesOnExec: fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        }
    }
}
