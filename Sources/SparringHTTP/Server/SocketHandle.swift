import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Channel {
    /// The descriptor beneath, for what NIO has no option for; nil where the channel is closed. Call on its event loop.
    var socketHandle: NIOBSDSocket.Handle? {
        (try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? nil
    }

    /// A program that is started while this socket is open would inherit it, and neither a reset nor the end of a listener
    /// takes effect before the last holder has closed: a mock server must not be held open by the client that it tests.
    func closeOnExec() {
        guard let handle = socketHandle else { return }
        _ = fcntl(handle, F_SETFD, FD_CLOEXEC)
    }
}
