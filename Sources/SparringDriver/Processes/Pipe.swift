import SystemPackage

#if canImport(Darwin)
    import Darwin
#endif

/// A pipe whose ends no program inherits by accident: one that runs beside would hold it open.
enum Pipe {
    /// - Throws: `Errno`, where there are no descriptors left.
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
