import Foundation
import TestSupport

/// `sparring record`, `sparring replay` or a Python upstream on a free port, which runs during a test.
final class CassetteServerProcess: Sendable {
    let child: ChildProcess
    let port: UInt16
    private let scratch: ScratchDirectory

    var baseURL: String { "http://127.0.0.1:\(port)/v1" }

    init(_ arguments: [String], port number: Int = 0, environment: [String: String] = [:]) async throws {
        let scratch = try ScratchDirectory()
        let ready = scratch.url.appending(path: "ready").path
        child = try ChildProcess(
            SparringBinary.url, arguments + ["--port", "\(number)", "--ready-file", ready], environment: environment)
        port = try await Self.port(ready, child)
        self.scratch = scratch
    }

    /// `fixtures/upstreams/NAME`
    ///
    /// - Parameter interpreter: the Python that runs the upstream.
    init(
        upstream name: String, _ arguments: [String] = [], interpreter: String = PythonClient.interpreter
    ) async throws {
        let scratch = try ScratchDirectory()
        let ready = scratch.url.appending(path: "ready").path
        let script = SparringBinary.root.appending(path: "fixtures/upstreams/\(name)").path
        child = try ChildProcess(URL(filePath: interpreter), [script, ready] + arguments)
        port = try await Self.port(ready, child)
        self.scratch = scratch
    }

    private static func port(_ file: String, _ child: ChildProcess) async throws -> UInt16 {
        var text = ""
        _ = try await eventually {
            text = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmed ?? ""
            return !text.isEmpty || !child.isRunning
        }
        guard let port = UInt16(text) ?? URL(string: text)?.port.flatMap(UInt16.init(exactly:)) else {
            throw ServerProcess.NotUp(text: child.standardError)
        }
        return port
    }

    /// Requests a stop, and waits until the process has ended.
    func stop() async throws -> ChildProcess.Outcome {
        child.signal(SIGINT)
        return try await child.outcome()
    }

    /// Sends a request over a new connection.
    func ask(
        _ path: String, headers: [String] = [], body: String = "{}", until text: String? = nil
    ) async throws -> (text: String, end: RawSocket.End) {
        let port = port
        let answer = try await blocking {
            let socket = try RawSocket(port: port)
            let lines = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"] + headers
            try socket.send((lines + ["Connection: close", "", ""]).joined(separator: "\r\n") + body)
            return socket.receive(until: text)
        }
        return (String(decoding: answer.bytes, as: UTF8.self), answer.end)
    }

    deinit { child.signal(SIGKILL) }
}
