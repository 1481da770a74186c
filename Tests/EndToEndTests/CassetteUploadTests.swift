import Foundation
import TestSupport
import Testing

/// Tests request bodies that go through `record`. The test controls when the upstream reads.
@Suite(
    "Uploads through `record`", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteUploadTests {
    /// The framing, in the upstream's words.
    enum Framing: String, Sendable, CaseIterable {
        case length
        case chunked

        func head(_ path: String, count: Int, more: String = "") -> String {
            let framing = self == .length ? "Content-Length: \(count)" : "Transfer-Encoding: chunked"
            return
                "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\(framing)\r\n\(more)\r\n"
        }

        /// Adds the chunked framing to a piece of the body.
        func framed(_ bytes: [UInt8]) -> [UInt8] {
            self == .length ? bytes : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
        }

        var end: [UInt8] { self == .length ? [] : Array("0\r\n\r\n".utf8) }
    }

    private static let period = 251
    /// A piece of the request's body. The size of the piece is a multiple of the period.
    private static let piece = Array((0..<period * 256).map { UInt8($0 % period) })

    /// A recorder with its upstream and its cassette.
    private struct Bench {
        let scratch: ScratchDirectory
        let cassette: String
        let upstream: CassetteServerProcess
        let recorder: CassetteServerProcess

        init(_ options: [String] = []) async throws {
            scratch = try ScratchDirectory()
            cassette = scratch.url.appending(path: "cassette.sqlite").path
            upstream = try await CassetteServerProcess(upstream: "taker.py")
            recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL] + options)
        }

        func isPrinted(_ text: String) async throws -> Bool {
            try await eventually { upstream.child.standardOutput.contains(text) }
        }
    }

    /// The peak memory of a program in megabytes; nil if the system does not report it.
    private static func peak(of child: ChildProcess) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(child.identifier)/status", encoding: .utf8) else {
            return nil
        }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 / 1024 }
    }

    @Test(
        "An upload of 300 MB waits for an upstream that does not read, without using memory for it",
        arguments: Framing.allCases)
    func large(framing: Framing) async throws {
        let bench = try await Bench()
        let (port, pieces) = (bench.recorder.port, 300_000_000 / Self.piece.count)
        let socket = try RawSocket(port: port, deadline: .seconds(3))
        let whole = Array(framing.framed(Self.piece))
        let (held, rest) = try await blocking {
            try socket.send(framing.head("/v1/take", count: pieces * Self.piece.count))
            for number in 0..<pieces {
                let sent = try socket.sendUntilBlocked(whole)
                if sent < whole.count { return (number, Array(whole[sent...])) }
            }
            return (pieces, [])
        }
        #expect(try await bench.isPrinted("waiting"))
        // The limit allows for the kernel's buffers on both sides, and a few bytes between them.
        #expect(held * Self.piece.count < 50_000_000, "\(held) of \(pieces) pieces")
        try #require(!rest.isEmpty)

        #expect(try await bench.upstream.ask("/v1/go").text.contains("200 OK"))
        let answer = try await blocking {
            for bytes in [rest] + Array(repeating: whole, count: pieces - held - 1) + [framing.end] {
                var sent = 0
                while sent < bytes.count { sent += try socket.sendUntilBlocked(Array(bytes[sent...])) }
            }
            for _ in 0..<20 {
                let bytes = socket.receive(until: "}").bytes
                if !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            }
            return ""
        }
        let told = #"{"framing": "\#(framing.rawValue)", "bytes": \#(pieces * Self.piece.count), "true": true}"#
        #expect(answer.contains("HTTP/1.1 200 OK") && answer.hasSuffix(told), "\(answer)")
        #expect(answer.contains("connection: keep-alive"), "\(answer)")
        if let peak = Self.peak(of: bench.recorder.child) { #expect(peak < 200, "\(peak) MB") }
        let said = try await bench.recorder.stop().standardError
        #expect(said.contains("an exchange is not kept: its request is larger than 32 MB"), "\(said)")
    }

    @Test("An upload is recorded whole and masked, and replays with either framing", arguments: Framing.allCases)
    func kept(framing: Framing) async throws {
        let bench = try await Bench()
        _ = try await bench.upstream.ask("/v1/go")
        let secret = "sk-proj-0123456789abcdefGHIJ"
        let body = Array(#"{"a": "\#(String(repeating: "héllo ", count: 50_000))", "key": "\#(secret)"}"#.utf8)
        func ask(_ server: CassetteServerProcess, _ framing: Framing) async throws -> String {
            let port = server.port
            return try await blocking {
                let socket = try RawSocket(port: port)
                try socket.send(
                    framing.head("/v1/take", count: body.count, more: "Expect: 100-continue\r\n"))
                let interim = String(decoding: socket.receive(until: "\r\n\r\n").bytes, as: UTF8.self)
                guard interim.hasPrefix("HTTP/1.1 100 ") else { return interim }
                // A key is split over two chunks.
                let cut = body.count - 15
                try socket.send(framing.framed(Array(body[..<cut])))
                try socket.send(framing.framed(Array(body[cut...])) + framing.end)
                return String(decoding: socket.receive(until: "}").bytes, as: UTF8.self)
            }
        }
        let recorded = try await ask(bench.recorder, framing)
        #expect(recorded.contains(#"{"framing": "\#(framing.rawValue)", "bytes": \#(body.count)"#), "\(recorded)")
        _ = try await bench.recorder.stop()
        #expect(try Data(contentsOf: URL(filePath: bench.cassette)).range(of: Data(secret.utf8)) == nil)

        let player = try await CassetteServerProcess(["replay", bench.cassette, "--time-scale", "0"])
        for other in Framing.allCases {
            let replayed = try await ask(player, other)
            #expect(replayed.contains("HTTP/1.1 200 OK") && replayed.hasSuffix(recorded.suffix(60)), "\(replayed)")
        }
    }

    @Test("An upload that its client cancels is cancelled at the upstream", arguments: Framing.allCases)
    func cancelled(framing: Framing) async throws {
        let bench = try await Bench(["--keep-failures"])
        _ = try await bench.upstream.ask("/v1/go")
        let port = bench.recorder.port
        try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(framing.head("/v1/take", count: 300_000_000))
            for _ in 0..<100 { try socket.send(framing.framed(Self.piece)) }
        }
        #expect(try await bench.isPrinted("left after "))
        let said = try await bench.recorder.stop().standardError
        #expect(said.contains("0 exchanges recorded"), "\(said)")
    }

    @Test(
        "An upload that is answered before its end gets that answer, and the connection is closed",
        arguments: [("/v1/early", "200 OK"), ("/v1/refuse", "413 Content Too Large")], Framing.allCases)
    func early(answer: (path: String, status: String), framing: Framing) async throws {
        let bench = try await Bench(["--keep-failures"])
        let port = bench.recorder.port
        let (text, end) = try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(framing.head(answer.path, count: 30_000_000))
            socket.send(framing.framed(Self.piece), atMost: 40)
            let answer = socket.receive()
            return (String(decoding: answer.bytes, as: UTF8.self), answer.end)
        }
        #expect(text.hasPrefix("HTTP/1.1 \(answer.status)") && text.hasSuffix("}"), "\(text)")
        #expect(text.contains("connection: close") && end == .finished, "\(end): \(text)")
        #expect(try await bench.isPrinted("closed"))
        let said = try await bench.recorder.stop().standardError
        #expect(said.contains("not kept: it was answered before the whole request was sent"), "\(said)")
    }

    @Test("An upload with malformed framing gets 400 and is cancelled at the upstream")
    func malformed() async throws {
        let bench = try await Bench()
        _ = try await bench.upstream.ask("/v1/go")
        let port = bench.recorder.port
        let text = try await blocking {
            let socket = try RawSocket(port: port)
            try socket.send(Framing.chunked.head("/v1/take", count: 0))
            for _ in 0..<20 { try socket.send(Framing.chunked.framed(Self.piece)) }
            try socket.send("no chunk\r\n")
            return String(decoding: socket.receive(until: "}").bytes, as: UTF8.self)
        }
        #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(try await bench.isPrinted("left after "))
    }

    @Test("An upload that is refused at once gets its 400 before the rest of the body arrives")
    func refused() async throws {
        let bench = try await Bench()
        let port = bench.recorder.port
        let (text, end) = try await blocking {
            let socket = try RawSocket(port: port)
            let order = "X-Sparring-Fault: no_such_fault\r\n"
            try socket.send(Framing.length.head("/v1/take", count: 30_000_000, more: order))
            socket.send(Self.piece, atMost: 20)
            let answer = socket.receive()
            return (String(decoding: answer.bytes, as: UTF8.self), answer.end)
        }
        #expect(
            text.hasPrefix("HTTP/1.1 400 ") && text.contains("no_such_fault") && end == .finished, "\(end): \(text)")
    }

    @Test("An upload is followed by the next request of its connection")
    func next() async throws {
        let bench = try await Bench()
        _ = try await bench.upstream.ask("/v1/go")
        let port = bench.recorder.port
        let text = try await blocking {
            let socket = try RawSocket(port: port)
            var answers = ""
            for framing in Framing.allCases + Framing.allCases {
                let pieces = Array(repeating: framing.framed(Self.piece), count: 20).flatMap(\.self)
                try socket.send(
                    Array(framing.head("/v1/take", count: 20 * Self.piece.count).utf8) + pieces + framing.end)
            }
            // One read may bring several answers.
            while answers.count(where: { $0 == "}" }) < 4 {
                let bytes = socket.receive(until: "}").bytes
                if bytes.isEmpty { break }
                answers += String(decoding: bytes, as: UTF8.self)
            }
            return answers
        }
        let told = text.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
        let count = 20 * Self.piece.count
        #expect(
            told
                == ["length", "chunked", "length", "chunked"].map {
                    #""framing": "\#($0)", "bytes": \#(count), "true": true"#
                },
            "\(text)")
        #expect(try await bench.recorder.stop().standardError.contains("4 exchanges recorded"))
    }
}
