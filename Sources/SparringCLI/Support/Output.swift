import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A standard stream, or a file that a command writes to. Every write is checked and unbuffered.
struct Output: Sendable {
    /// The name in error messages: `standard output`, or the path.
    let name: String
    private let descriptor: FileDescriptor

    static let standardOutput = Output(name: "standard output", descriptor: .standardOutput)
    static let standardError = Output(name: "standard error", descriptor: .standardError)

    private init(name: String, descriptor: FileDescriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    /// Creates the file, or truncates an existing file.
    /// - Parameters:
    ///   - name: its name in messages; nil: the path.
    ///   - permissions: the permissions of a new file.
    init(
        creating path: String, named name: String? = nil,
        permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
    ) throws(OutputError) {
        self.name = name ?? path
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
        } catch {
            throw OutputError(self.name, error)
        }
    }

    func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                rest = rest.dropFirst(try rest.withUnsafeBytes { try descriptor.write($0) })
            } catch Errno.wouldBlock {
                // Another program has made the terminal or pipe non-blocking, so this process waits until it is
                // writable.
                var wanted = pollfd(fd: descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
                poll(&wanted, 1, -1)
            } catch {
                throw OutputError(name, error)
            }
        }
    }

    /// Closes the file. Some systems report a full disk only when a file is closed.
    func close() throws(OutputError) {
        do { try descriptor.close() } catch { throw OutputError(name, error) }
    }
}

/// The reason why something could not be written.
enum OutputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reader of a pipe has closed the pipe, like `head`. The command ends without a message, like `cat`.
    case readerGone
    case failed(name: String, reason: String)

    init(_ name: String, _ error: any Error) {
        switch error as? Errno {
        case .brokenPipe: self = .readerGone
        case let number?: self = .failed(name: name, reason: "\(number)")
        case nil: self = .failed(name: name, reason: "\(error)")
        }
    }

    var description: String {
        switch self {
        case .readerGone: "the reader of the output has gone"
        case .failed(let name, let reason): "cannot write \(name): \(reason)"
        }
    }
}

/// The stream for results, for people and for programs.
enum StandardOutput {
    static func write(_ text: String) throws(OutputError) { try Output.standardOutput.write(text) }

    /// Writes a line.
    static func print(_ line: String) throws(OutputError) { try write(line + "\n") }
}

/// The stream for errors, warnings and progress.
enum StandardError {
    static func write(_ text: String) throws(OutputError) { try Output.standardError.write(text) }
}
