import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The memory that all processes use of a POSIX session use, read from `/proc`.
enum SessionMemory {
    /// The resident memory in bytes, where shared pages count once for each process; nil on systems without `/proc`.
    static func bytes(ofSession session: Int32) -> Int? {
        #if os(Linux)
            guard let folder = opendir("/proc") else { return nil }
            defer { closedir(folder) }
            var pages: Int?
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard let process = Int32(name), getsid(process) == session,
                    let own = text("/proc/\(name)/statm").flatMap(residentPages)
                else { continue }
                pages = (pages ?? 0) + own
            }
            return pages.map { $0 * Int(getpagesize()) }
        #else
            return nil
        #endif
    }

    /// The second number of `/proc/PID/statm` (proc(5)).
    static func residentPages(_ statm: String) -> Int? {
        let numbers = statm.split(separator: " ")
        return numbers.count > 1 ? Int(numbers[1]) : nil
    }

    /// The beginning of a file, which is enough for one line.
    private static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 256)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
