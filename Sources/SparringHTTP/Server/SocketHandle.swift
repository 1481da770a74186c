import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Channel {
    /// The socket's descriptor, for options that NIO does not have; nil if the channel is closed. Must be called on its
    /// event loop.
    var socketHandle: NIOBSDSocket.Handle? {
        (try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? nil
    }

    /// Without this, a program that is started while the socket is open would inherit it. A resetor the end of a listener would then take
    /// effect only when that program closes the socket. The client under test must not keep the server's sockets open.
    func closeOnExec() {
        guard let handle = socketHandle else { return }
        _ = fcntl(handle, F_SETFD, FD_CLOEXEC)
    }
}
