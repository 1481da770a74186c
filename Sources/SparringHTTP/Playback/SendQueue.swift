import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Counts bytes that were written to a connection and have not arrived at the peer. Must be called on the channel's event loop.
enum SendQueue {
    /// Bytes that were written and have not arrived at the peer: they are in Sparring's queue or in the kernel's; nil if the system does
    /// not report them.
    static func bytesOnTheWay(of channel: any Channel) -> Int? {
        unacknowledgedBytes(of: channel).map { $0 + waitingBytes(of: channel) }
    }

    /// Bytes that this machine's kernel has taken and the peer's kernel has not acknowledged; nil if the system does
    /// not report them.
    static func unacknowledgedBytes(of channel: any Channel) -> Int? {
        guard let handle = channel.socketHandle else { return nil }
        var count: CInt = 0
        #if canImport(Glibc)
            // SIOCOUTQ (tcp(7)) is a macro that Swift does not import. TIOCOUTQ is the same number.
            return ioctl(handle, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : nil
        #else
            var size = socklen_t(MemoryLayout<CInt>.size)
            return getsockopt(handle, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? Int(count) : nil
        #endif
    }

    /// Bytes that the kernel has not taken yet, because its buffer is full.
    static func waitingBytes(of channel: any Channel) -> Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
