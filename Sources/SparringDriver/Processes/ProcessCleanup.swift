import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends processes that Sparring has started. No other process gets a signal.
///
/// The cleanup does not find a process that has both left its session and changed its environment.
struct ProcessCleanup: Sendable {
    /// Process groups that Sparring started, by the process id of their leaders.
    var groups: [pid_t] = []
    /// On Linux, every process with one of these marks is also ended, because it may have left its group.
    var marks: [ProcessMark] = []

    /// Sends SIGTERM to all these processes.
    func terminate() { _ = signal(SIGTERM) }

    /// Kills all these processes, and the processes that they start meanwhile.
    func kill() {
        // The signal is repeated until no process is found, because a process may fork between the search and the signal.
        for _ in 0..<100 where signal(SIGKILL) == 0 { return }
    }

    /// True if no process is running any more.
    var isDone: Bool { groups.allSatisfy { Self.send(0, to: -$0) != 0 } && processes.isEmpty }

    /// - Returns: the number of marked processes found.
    private func signal(_ number: Int32) -> Int {
        for group in groups { _ = Self.send(number, to: -group) }
        let found = processes
        for process in found { _ = Self.send(number, to: process) }
        return found.count
    }

    private var processes: [pid_t] { marks.flatMap(Self.processes(carrying:)) }

    private static func send(_ number: Int32, to target: pid_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(target, number)
        #else
            Darwin.kill(target, number)
        #endif
    }

    /// The running processes with the mark, except this process. The list is empty on systems that hide the environment of other processes.
    static func processes(carrying mark: ProcessMark) -> [pid_t] {
        #if os(Linux)
            guard let folder = opendir("/proc") else { return [] }
            defer { closedir(folder) }
            var found: [pid_t] = []
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard let process = pid_t(name), process != getpid() else { continue }
                // A zombie has no environment, and the environment of another user's process cannot be read.
                if mark.isCarried(by: environment(of: process)) { found.append(process) }
            }
            return found
        #else
            return []
        #endif
    }

    #if os(Linux)
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
