import Foundation

/// The report of `sparring run --json`: one object on the last line of stderr.
struct RunReport: Decodable, Sendable {
    struct Faults: Decodable, Sendable {
        var ordered: Int
        var delivered: Int
        /// The faults without effect, each with the reason for that.
        var missed: [String]
    }

    struct Exchange: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            var ms: Double
            var what: String
            var mark: String?
            var dueMs: Double?
        }

        var number: Int
        var session: String
        var path: String
        var status: Int
        var attempt: Int
        var auxiliary: Bool
        var marbles: String
        var timeline: [Entry]

        func moment(of what: String) -> Double? { timeline.first { $0.what == what }?.ms }

        /// The earliest time at which the reader can have the whole answer: the due time of its last bytes. On a busy machine, the
        /// timestamp of these bytes may be late, and the reader would then seem to be early.
        ///
        /// Nil if the reader closed the connection, because the server does not know when this happened.
        var answeredAt: Double? {
            let isLeft = timeline.contains { $0.what == "peer_gone" }
            return isLeft ? nil : timeline.last { $0.what == "accepted" }?.dueMs
        }
    }

    var scenario: String
    var seed: UInt64
    var baseUrl: String
    var calls: Int
    var attempts: Int
    var faults: Faults
    var unmatched: [String]
    var leftOver: [String]
    var childExit: Int32
    var held: Bool
    var exchanges: [Exchange]

    init(lastLineOf text: String) throws {
        guard let line = text.split(separator: "\n").last, line.hasPrefix("{") else { throw Missing(text: text) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(RunReport.self, from: Data(line.utf8))
    }

    struct Missing: Error, CustomStringConvertible {
        var text: String
        var description: String { "the last line of stderr is no report: \(text)" }
    }

    /// The gaps between attempts in milliseconds, from an answer to the first byte of the next request. A gap is never
    /// shorter than the client's wait, but may be longer on a busy machine. Nil after an answer whose reader closed the
    /// connection.
    var gaps: [Double?] {
        zip(exchanges, exchanges.dropFirst()).map { earlier, later in
            guard let start = later.moment(of: "request_start"), let end = earlier.answeredAt else { return nil }
            return start - end
        }
    }
}
