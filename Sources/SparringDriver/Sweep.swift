import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Leaves nothing of a program behind.
enum Sweep {
    /// Ends what is left of a process group, and on Linux whatever has left the group but kept our environment.
    ///
    /// A program that gives a descendant both a session and an environment of its own is out of reach.
    /// - Parameters:
    ///   - group: the leader's process id.
    ///   - mark: an entry (`NAME=value`) that is in the environment of this program and of no other.
    static func end(group: pid_t, mark: String) {
        kill(-group, SIGKILL)
        #if os(Linux)
            // Again until none is found: a process may fork between our look and our signal.
            for _ in 0..<100 {
                let found = processes(with: Array(mark.utf8))
                if found.isEmpty { return }
                for process in found { kill(process, SIGKILL) }
            }
        #endif
    }

    /// Whether no process has the mark in its environment; elsewhere than on Linux nobody can tell.
    static func isClean(of mark: String) -> Bool {
        #if os(Linux)
            processes(with: Array(mark.utf8)).isEmpty
        #else
            true
        #endif
    }

    #if os(Linux)
        private static func processes(with mark: [UInt8]) -> [pid_t] {
            guard let folder = opendir("/proc") else { return [] }
            defer { closedir(folder) }
            var found: [pid_t] = []
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard let process = pid_t(name), process != getpid() else { continue }
                // A zombie has no environment any more, another user's process shows us none.
                if environment(of: process).split(separator: 0).contains(mark[...]) { found.append(process) }
            }
            return found
        }

        private static func environment(of process: pid_t) -> [UInt8] {
            guard let file = try? FileDescriptor.open("/proc/\(process)/environ", .readOnly) else { return [] }
            defer { try? file.close() }
            var bytes: [UInt8] = []
            while true {
                let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                    count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
                }
                if chunk.isEmpty { return bytes }
                bytes += chunk
            }
        }
    #endif
}
