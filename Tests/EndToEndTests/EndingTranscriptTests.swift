import Foundation
import TestSupport
import Testing

/// Tests every ending with every way of sending and reading, over a bare socket.
@Suite("Deliveries and endings", .timeLimit(.minutes(20)))
struct EndingTranscriptTests {
    /// How a client sends its request.
    enum Sending: CaseIterable {
        case whole, byteByByte, pipelined, halfClosed
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var faults = ""
        var fields: [String] = []
        /// The end that a client detects if it does not close its own side.
        var end: RawSocket.End
        /// Whether the framing shows to the client that the body is complete.
        var isComplete: Bool
        var testDescription: String { name }
    }

    struct Transcript: Sendable {
        var sending: Sending
        var bytes: [UInt8]
        var end: RawSocket.End
    }

    static let rows = [
        Row(name: "keep-alive", end: .open, isComplete: true),
        Row(name: "close", fields: ["Connection: close"], end: .finished, isComplete: true),
        Row(
            name: "FIN inside the body", faults: ", faults: [ { at: byte 200000, end: fin } ]", end: .finished,
            isComplete: false),
        Row(
            name: "FIN inside the body, kept open", faults: ", faults: [ { at: byte 200000, end: half_close } ]",
            end: .finished, isComplete: false),
        Row(
            name: "RST inside the body", faults: ", faults: [ { at: byte 200000, end: reset } ]", end: .reset,
            isComplete: false),
    ]

    @Test(
        "All bytes before an ending arrive, however the client sends its request and reads the answer", arguments: rows)
    func transcripts(row: Row) async throws {
        let server = try await ServerProcess(
            yaml: """
                schema: 1
                scenario: a long body
                steps: [ { raw: { status: 200, body: "\(Self.text)" }, times: forever\(row.faults) } ]
                """)
        let transcripts = try await withThrowingTaskGroup(of: Transcript.self) { group in
            for sending in Sending.allCases {
                for sleep in [0.0, 1.0] {
                    group.addTask { try await Self.converse(server.port, row, sending, sleep: sleep) }
                }
            }
            return try await group.reduce(into: [Transcript]()) { $0.append($1) }
        }
        #expect(transcripts.count == 8)
        for transcript in transcripts {
            let answers = Self.answers(transcript.bytes)
            let isKept = row.end == .open
            #expect(answers.count == (isKept && transcript.sending == .pipelined ? 2 : 1), "\(transcript.sending)")
            for answer in answers {
                #expect(answer.status == 200)
                #expect(answer.body.utf8.count == (row.isComplete ? Self.text.utf8.count : 200_000))
                #expect(answer.isComplete == row.isComplete)
            }
            // The second request of a pair closes the connection.
            let asksForEnd = transcript.sending == .halfClosed || transcript.sending == .pipelined
            #expect(transcript.end == (isKept && asksForEnd ? .finished : row.end), "\(transcript.sending)")
        }
    }

    private static let lastWords = "The end."
    private static let text = String(repeating: "All work and no play. ", count: 12_000) + lastWords

    private static func converse(
        _ port: UInt16, _ row: Row, _ sending: Sending, sleep: TimeInterval
    ) async throws -> Transcript {
        try await blocking {
            let socket = try RawSocket(port: port)
            let request = RawRequest.chat(headers: row.fields)
            switch sending {
            case .whole: try socket.send(request)
            case .byteByByte: for byte in request.utf8 { try socket.send([byte]) }
            case .pipelined: try socket.send(request + RawRequest.chat(headers: ["Connection: close"]))
            case .halfClosed:
                try socket.send(request)
                socket.finishSending()
            }
            // Simulates a slow reader: the bytes wait in the kernel when the end of the connection arrives.
            Thread.sleep(forTimeInterval: sleep)
            let isOpen = row.end == .open && (sending == .whole || sending == .byteByByte)
            let received = socket.receive(until: isOpen ? Self.lastWords : nil)
            return Transcript(sending: sending, bytes: received.bytes, end: received.end)
        }
    }

    /// Splits pipelined answers.
    private static func answers(_ bytes: [UInt8]) -> [RawAnswer] {
        let starts = bytes.ranges(of: Array("HTTP/1.1 ".utf8)).map(\.lowerBound) + [bytes.count]
        return zip(starts, starts.dropFirst()).compactMap { RawAnswer(Array(bytes[$0..<$1])) }
    }
}
