import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `sparring serve` on a free port, which runs during a test.
final class ServerProcess: Sendable {
    let child: ChildProcess
    /// The ready file. The server writes the ready file when it accepts connections, and a graceful stop removes the file.
    let readyFile: String
    private let scratch: ScratchDirectory
    let baseURL: String
    let port: UInt16

    /// - Parameter port: the port to listen on; 0 for any free port. A test that connects after the server has stopped must use a
    ///   `FreePort`.
    init(_ scenarios: [String] = [], port number: Int = 0, options: [String] = []) async throws {
        scratch = try ScratchDirectory()
        let readyFile = scratch.url.appending(path: "ready").path
        let child = try ChildProcess(
            SparringBinary.url,
            ["serve"] + scenarios + ["--port", "\(number)", "--ready-file", readyFile, "--quiet"] + options
        )
        var text = ""
        let isUp = try await eventually {
            text = (try? String(contentsOfFile: readyFile, encoding: .utf8))?.trimmed ?? ""
            return !text.isEmpty || !child.isRunning
        }
        guard isUp, let url = URL(string: text), let port = url.port.flatMap(UInt16.init(exactly:)) else {
            throw NotUp(text: child.standardError)
        }
        self.readyFile = readyFile
        self.child = child
        self.port = port
        baseURL = text
    }

    /// Starts a server with a scenario that was written for one test.
    convenience init(yaml: String) async throws {
        let scratch = try ScratchDirectory()
        try await self.init([scratch.write(yaml, to: "scenario.yaml")])
    }

    deinit { child.signal(SIGKILL) }

    struct NotUp: Error, CustomStringConvertible {
        var text: String
        var description: String { "sparring serve wrote no ready file: \(text)" }
    }
}

extension StringProtocol {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
