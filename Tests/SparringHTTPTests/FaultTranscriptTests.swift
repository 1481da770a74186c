import SparringAPI
import SparringEngine
import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests every form of every fault on a bare socket: the bytes are those of the script (and of `fixtures/faults`), the
/// connection ends as ordered, and the timeline records it.
@Suite("Faults on the wire", .timeLimit(.minutes(20)))
struct FaultTranscriptTests {
    @Test(
        "The bytes and the ending on a socket are as the fault orders",
        arguments: FaultTable.answers.filter { !$0.needsTLS && !$0.needsSocket && $0.major != 2 })
    func transcripts(kind: FaultKind) async throws {
        for exhibit in FaultExhibit.all(of: kind) { try await Self.check(exhibit) }
    }

    private static func check(_ exhibit: FaultExhibit) async throws {
        let engine = FaultExhibit.engine(exhibit.fault, on: exhibit.stage)
        let name = "\(exhibit.fault) (\(exhibit.stage.rawValue))"
        let script = exhibit.script
        let request = bytes(of: FaultExhibit.request(on: exhibit.stage))
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let isKept = script.steps.last == .end(.keepAlive)
                let hangs = script.steps.last == .end(.hang(nil))
                let client = try RawSocket(port: port)
                try client.send(request)
                let leavesIdle = script.steps.contains(.await(.nextRequestByte, timeout: nil))
                let received = client.receiveBytes(
                    count: isKept || leavesIdle ? script.bytes.count : nil, quietAfter: hangs ? script.bytes.count : nil
                )
                #expect(received.bytes == script.bytes, "\(name)")
                if isKept || leavesIdle {
                    // The connection looks open to the client until the client sends another request.
                    try client.send(request)
                    let again = client.receiveBytes(count: 1)
                    #expect(again.bytes.isEmpty == leavesIdle, "\(name)")
                    if leavesIdle { #expect(again.end == end(of: script), "\(name)") }
                } else {
                    #expect(received.end == end(of: script), "\(name)")
                }
            }
        }
        let exchange = try #require(engine.sessions.existing("default")?.endedExchanges.first, "\(name)")
        #expect(exchange.missedFaults.isEmpty, "\(name)")
        #expect(exchange.deliveredFaults.contains(0), "\(name)")
    }

    /// The end for a client that lets the server close.
    private static func end(of script: WireScript) -> RawSocket.End {
        switch script.steps.last {
        case .end(.reset): .reset
        case .end(.hang(nil)), .end(.keepAlive): .open
        default: .finished
        }
    }

    static func bytes(of request: Request) -> [UInt8] {
        let fields = request.headers.fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let head =
            "\(request.method) \(request.target) HTTP/1.1\r\n\(fields)content-length: \(request.body.count)\r\n\r\n"
        return Array(head.utf8) + request.body
    }
}
