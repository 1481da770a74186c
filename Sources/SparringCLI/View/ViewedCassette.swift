import Sparring
import SparringAPI
import SparringCassette
import SparringExchange
import SparringStore
import SparringWire

/// A cassette in the form in which `sparring view` shows it: the upstream's answers, with the time of each piece.
struct ViewedCassette: ViewedFile {
    let name: String
    let notes: [String] = []
    private let recordings: CassetteRecordings
    private let startedAt: Int64

    init(_ path: String) throws {
        name = path
        recordings = try CassetteRecordings(CassetteLocation(path))
        startedAt = recordings.count > 0 ? try recordings.exchange(at: 0).startedAt : 0
    }

    var title: String { "Cassette \(name)" }

    var count: Int { recordings.count }

    func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter?
    ) throws -> [(position: Int, exchange: Exchange)] {
        try positions.map { ($0, Exchange(try recordings.exchange(at: $0), origin: startedAt)) }
    }

    func whole(at position: Int) throws -> KeptExchanges.Kept {
        let recorded = try recordings.exchange(at: position)
        return KeptExchanges.Kept(
            Exchange(recorded, origin: startedAt), requestBytes: recorded.request.body.count,
            answer: recorded.answer.map { Self.bytes($0) + Self.transcript(of: recorded) } ?? [], bodyBytes: 64 << 10)
    }

    /// The messages of a WebSocket, one message per line.
    private static func transcript(of recorded: RecordedExchange) -> [UInt8] {
        recorded.messages.flatMap { message in
            Array("[\(Double(message.at / 10_000) / 100) ms] \(message.sender.rawValue): \(message.words)\n".utf8)
        }
    }

    /// The head and the body, without the framing of the upstream's connection, which a cassette does not keep.
    private static func bytes(_ answer: RecordedAnswer) -> [UInt8] {
        var head = "HTTP/1.\(answer.minorVersion) \(answer.status) \(answer.reason)\r\n"
        for field in answer.headers.fields where field.name.lowercased() != "transfer-encoding" {
            head += "\(field.name): \(field.value)\r\n"
        }
        return Array((head + "\r\n").utf8) + answer.body
    }
}

extension Exchange {
    /// - Parameter origin: the zero of its times, in Unix nanoseconds.
    init(_ recorded: RecordedExchange, origin: Int64) {
        let (request, answer) = (recorded.request, recorded.answer)
        // A damaged file may contain any time, so the sum must not overflow.
        func bounded(_ time: Int64) -> Int64 { min(max(time, 0), 4_000_000_000_000_000_000) }
        let start = bounded(recorded.startedAt) - bounded(origin)
        func moment(_ offset: Int64) -> Moment { Moment(nanoseconds: start + bounded(offset)) }
        var timeline = Timeline()
        timeline.stamp(.requestStart, at: moment(0))
        if let answer {
            timeline.stamp(.accepted(.head, due: moment(answer.headAt)), at: moment(answer.headAt))
            for piece in answer.pieces {
                timeline.stamp(.accepted(.piece, due: moment(piece.at)), at: moment(piece.at))
            }
            for (number, message) in recorded.messages.filter({ $0.sender == .server }).enumerated() {
                timeline.stamp(.accepted(.event(number + 1), due: moment(message.at)), at: moment(message.at))
            }
            if recorded.ending == .left {
                timeline.stamp(.peerGone(reason: "disconnected before the end"), at: moment(answer.endAt))
            } else {
                timeline.stamp(
                    .ended(recorded.ending == .complete && !recorded.isSocket ? .keepAlive : .fin),
                    at: moment(answer.endAt))
            }
        }
        var decision = Decision(
            endpoint: request.endpoint?.rawValue, model: request.model, status: answer?.status ?? 0)
        if recorded.ending != .complete {
            decision.warning = "the recording ended: \(recorded.ending.rawValue)"
        }
        self.init(
            number: recorded.number, session: recorded.session, connection: 0,
            request: Request(
                method: request.method, target: request.target, headers: request.headers, body: request.body
            ),
            decision: decision, timeline: timeline)
    }
}
