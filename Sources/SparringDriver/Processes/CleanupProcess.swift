import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A second process that cleans up after Sparring is killed (SIGKILL, a crash, out of memory). The process ends programs and removes files.
///
/// The process has the read end of a pipe, and only Sparring has the write end. When Sparring ends in any way, the kernel closes
/// the write end. Normally, Sparring has already cleaned up by then, and this process has nothing to do.
package final class CleanupProcess: Sendable {
    /// The cleanup process of this command. Without a cleanup process, as in unit tests, a SIGKILL leaves programs and files behind.
    @TaskLocal package static var current: CleanupProcess?

    private let program: String
    private let arguments: [String]
    private let state = Mutex(State.notStarted)

    private enum State {
        case notStarted
        /// The process is running; the value is the write end of its pipe.
        case running(FileDescriptor)
        /// The system cannot start the process. Sparring still cleans up if it ends normally.
        case unavailable
    }

    /// This call does not start the process yet, because most commands leave nothing behind.
    ///
    /// - Parameters:
    ///   - program: the path of a program that calls `CleanupProcess.serve` for these arguments.
    ///   - arguments: the arguments of the program; the first is its name.
    package init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    deinit {
        state.withLock { if case .running(let pipe) = $0 { try? pipe.close() } }
    }

    /// Adds a thing to clean up. Must be called before the thing is created, or directly afterwards.
    package func add(_ item: CleanupList.Item) { send(CleanupList.line(item, isGone: false)) }

    /// Removes a thing that Sparring itself has cleaned up.
    package func remove(_ item: CleanupList.Item) { send(CleanupList.line(item, isGone: true)) }

    private func send(_ line: String) {
        state.withLock { state in
            if case .notStarted = state { state = start() }
            guard case .running(let pipe) = state else { return }
            _ = try? pipe.writeAll(Array((line + "\n").utf8))
        }
    }

    private func start() -> State {
        guard let (readEnd, writeEnd) = try? Pipe.make() else { return .unavailable }
        defer { try? readEnd.close() }
        guard Self.spawn(program, arguments, input: readEnd) else {
            try? writeEnd.close()
            return .unavailable
        }
        return .running(writeEnd)
    }

    /// Starts the process in a new group, so that Ctrl-C in the terminal does not reach the process. The process does not get
    /// Sparring's output streams, because their readers wait for the last writer.
    private static func spawn(_ program: String, _ arguments: [String], input: FileDescriptor) -> Bool {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        for stream in Int32(1)...2 { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // An outer Sparring ends every process with its mark. The cleanup process must not be ended in this way, so it has no mark.
        let environment = ownEnvironment.filter { !$0.hasPrefix(ProcessMark.variable + "=") }
        return withCStrings(arguments) { arguments in
            withCStrings(environment) { variables -> Bool in
                var process = pid_t()
                return posix_spawn(&process, program, &actions, &attributes, arguments, variables) == 0
            } ?? false
        } ?? false
    }

    private static var ownEnvironment: [String] {
        var entries: [String] = []
        var next = environ
        while let entry = next.pointee {
            entries.append(String(cString: entry))
            next += 1
        }
        return entries
    }

    /// Passes the strings as a null-terminated array of C strings.
    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result? {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { $0.baseAddress.map(body) }
    }
}

// MARK: - In the second process

extension CleanupProcess {
    /// The time that a process has to end after SIGTERM.
    private static let grace = Duration.seconds(2)

    /// Reads the list from standard input until its writer has ended, then removes everything that is still on the
    /// list.
    ///
    /// - Parameter remove: removes an existing file or folder.
    package static func serve(remove: (_ path: String) -> Void) async {
        // A signal to all processes of the terminal ends Sparring. This process must survive the signal to clean up.
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        let list = read(.standardInput)
        await end(list)
        for case .path(let path) in list.items { remove(path) }
    }

    private static func read(_ input: FileDescriptor) -> CleanupList {
        var list = CleanupList()
        var pending = ""
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = (try? input.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
            }
            guard !chunk.isEmpty else { return list }
            pending += String(decoding: chunk, as: UTF8.self)
            var lines = pending.split(separator: "\n", omittingEmptySubsequences: false)
            // The text after the last line end is an incomplete line.
            let rest = lines.removeLast()
            for line in lines { list.apply(line) }
            pending = String(rest)
        }
    }

    private static func end(_ list: CleanupList) async {
        var cleanup = ProcessCleanup()
        for item in list.items {
            switch item {
            case .mark(let mark): cleanup.marks.append(ProcessMark(mark))
            case .group(let group): cleanup.groups.append(group)
            case .path: break
            }
        }
        cleanup.terminate()
        let clock = ContinuousClock()
        let deadline = clock.now + grace
        while clock.now < deadline, !cleanup.isDone { try? await clock.sleep(for: .milliseconds(20)) }
        cleanup.kill()
    }
}
