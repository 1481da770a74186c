package import SparringAPI
import SparringEngine
import SparringJSON
import SparringWire

/// A cassette in memory: the recorded exchanges in their order.
package struct Cassette: Sendable {
    package var key: FingerprintKey
    /// The user's masking rules, as text.
    package var masked: [String]
    package var exchanges: [RecordedExchange]

    package init(key: FingerprintKey, masked: [String] = [], exchanges: [RecordedExchange] = []) {
        self.key = key
        self.masked = masked
        self.exchanges = exchanges
    }
}

extension RecordedRequest {
    package var path: Substring { target[..<(target.firstIndex(of: "?") ?? target.endIndex)] }

    /// The API operation, as in `Exchange.Decision.endpoint`.
    package var endpoint: Endpoint? { Dialect.endpoint(of: method, target) }

    /// The model in the body; nil if the body names no model.
    package var model: String? { (try? JSONValue.parse(body))?["model"]?.string }
}

extension RecordedAnswer {
    /// Appends pieces. Pieces with the same time are merged.
    package mutating func append(_ bytes: [UInt8], _ more: [RecordedPiece]) {
        body += bytes
        for piece in more {
            if let last = pieces.last, last.at == piece.at {
                pieces[pieces.count - 1].count += piece.count
            } else {
                pieces.append(piece)
            }
        }
    }

    /// The decoded body; unchanged if its coding is unknown, or if it is damaged.
    package var plainBody: [UInt8] {
        let codings = ContentCoding.list(headers)
        return codings.isEmpty ? body : ContentCoding.decoded(body, codings) ?? body
    }

    package var isStream: Bool { headers["content-type"]?.lowercased().hasPrefix("text/event-stream") ?? false }
}

extension RecordedExchange {
    /// Applies an entry that was written.
    package mutating func apply(_ entry: CassetteEntry) {
        switch entry {
        case .request(let request, let session, let startedAt):
            self.request = request
            self.session = session
            self.startedAt = startedAt
        case .head(let head):
            let old = answer
            answer = head
            if let old { answer?.append(old.body, old.pieces) }
        case .part(let bytes, let pieces): answer?.append(bytes, pieces)
        case .message(let message): messages.append(message)
        case .ending(let ending, let at, let isMasked):
            self.ending = ending
            answer?.endAt = at
            answer?.isMasked = isMasked
        case .dropped: break
        }
    }
}
