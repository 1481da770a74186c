import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the kernel has taken from us and the peer's kernel has not acknowledged.
enum SendQueue {
    /// Bytes; nil where the channel has no socket any more or the system does not tell.
    static func unacknowledgedBytes(of channel: any Channel) -> Int? {
        let socket: NIOBSDSocket.Handle?? = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let handle = socket ?? nil else { return nil }
        var count: CInt = 0
        #if canImport(Glibc)
            // SIOCOUTQ (tcp(7)): a macro that Swift does not import; the same number as TIOCOUTQ.
            return ioctl(handle, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : nil
        #else
            var size = socklen_t(MemoryLayout<CInt>.size)
            return getsockopt(handle, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? Int(count) : nil
        #endif
    }
}

/// `EADDRINUSE` of this system.
let addressInUse = EADDRINUSE
