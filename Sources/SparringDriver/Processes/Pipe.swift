import SystemPackage

#if canImport(Darwin)
    import Darwin
#endif

/// A pipe whose ends are not inherited. If the ends were inherited, another child process would keep the pipe open.
enum Pipe {
    /// - Throws: `Errno` if no file descriptor is left.
    static func make() throws -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
        #if os(Linux)
            return try FileDescriptor.pipe(options: .closeOnExec)
        #else
            let pipe = try FileDescriptor.pipe()
            for end in [pipe.readEnd, pipe.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
            return pipe
        #endif
    }
}
