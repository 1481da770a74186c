import SparringAPI
import SparringEngine
import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// The counterpart of `FaultTranscriptTests`: tests every form of every HTTP/2 fault on a bare socket, frame by frame.
@Suite("Faults in HTTP/2", .timeLimit(.minutes(20)))
struct HTTP2FaultTests {
    @Test(
        "The body bytes and the ending of an HTTP/2 stream are as the fault orders",
        arguments: FaultTable.answers.filter { !$0.needsTLS && !$0.needsSocket && $0.major != 1 })
    func transcripts(kind: FaultKind) async throws {
        for exhibit in FaultExhibit.all(of: kind) { try await Self.check(exhibit) }
    }

    private static func check(_ exhibit: FaultExhibit) async throws {
        let engine = FaultExhibit.engine(exhibit.fault, on: exhibit.stage)
        let name = "\(exhibit.fault) (\(exhibit.stage.rawValue))"
        let request = FaultExhibit.request(on: exhibit.stage, in: .http2)
        let script = FaultExhibit.engine(exhibit.fault, on: exhibit.stage)
            .respond(to: request, connection: 1, now: Moment(nanoseconds: 0)).script
        let hangs = script.steps.last == .end(.hang(nil))
        let leavesIdle = script.steps.contains(.await(.nextRequestByte, timeout: nil))
        try await Fixture.with(responder: engine, http2: true) { server in
            let port = server.port
            try await blocking {
                let client = try FrameClient(port: port)
                let fields = request.headers.fields.filter { $0.name != "host" }.map { ($0.name, $0.value) }
                try client.ask(1, request.target, method: "POST", fields: fields, isWhole: false)
                try client.send(FrameClient.Frame(type: 0, flags: 1, stream: 1, payload: request.body))
                let drains = script.steps.contains(.frames(.goAway(.this, .noError))) && !script.leaves
                let body = script.body
                var words = try client.receive { client in
                    let hasBegun = client.heads[1] != nil || script.bytes.isEmpty
                    return hangs && hasBegun && (client.bodies[1] ?? []).count >= body.count
                } until: { word in
                    word.hasPrefix("RST_STREAM 1") || (!drains && word.hasSuffix("end"))
                }
                if leavesIdle {
                    try client.ask(3, request.target)
                    words += try client.receive { _ in false }
                }
                // The bodies are compared outside of `#expect`, which would compute the difference between megabytes.
                let isSame = client.bodies[1] ?? [] == body
                #expect(isSame, "\(name)")
                #expect(Self.ending(words.afterSettings) == script.expectedEnding, "\(name)")
                for (frames, count) in script.frameCounts {
                    #expect(words.filter { $0.hasPrefix(frames) }.count == count, "\(name): \(frames)")
                }
            }
        }
        let exchange = try #require(engine.sessions.existing("default")?.endedExchanges.first, "\(name)")
        #expect(exchange.missedFaults.isEmpty, "\(name)")
        #expect(exchange.deliveredFaults.contains(0), "\(name)")
    }

    /// The last frame of the answer that is not part of the body.
    private static func ending(_ words: [String]) -> String {
        words.last.map { $0.hasSuffix("end") ? "end" : $0 } ?? ""
    }
}

extension WireScript {
    /// The bytes after the head.
    fileprivate var body: [UInt8] {
        let written = steps.flatMap { if case .write(let range, _) = $0 { Array(bytes[range]) } else { [UInt8]() } }
        let end = written.indices.first { written[$0...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A]) }
        return end.map { Array(written[($0 + 4)...]) } ?? []
    }

    fileprivate var leaves: Bool { steps.last == .end(.fin) }

    fileprivate var expectedEnding: String {
        switch steps.last {
        case .end(.reset): "reset"
        case .end(.hang(nil)): "open"
        case .end(.stream(let code)): "RST_STREAM 1 \(HTTP2Code.words(code))"
        case .end(.keepAlive):
            steps.contains { if case .frames(.goAway) = $0 { true } else { false } } ? "finished" : "end"
        default: "finished"
        }
    }

    /// The frames of the connection, and the number of each kind.
    fileprivate var frameCounts: [(String, Int)] {
        steps.compactMap { step in
            switch step {
            case .frames(.goAway(let last, let code)):
                ("GOAWAY \(last == .this ? 1 : 0) \(code.rawValue.uppercased())", 1)
            // The additional frame from the server acknowledges the client's SETTINGS.
            case .frames(.settings(let count)): ("SETTINGS", count + 1)
            case .frames(.pings(let count)): ("PING", count)
            default: nil
            }
        }
    }
}
