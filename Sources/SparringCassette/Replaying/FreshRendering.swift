import SparringAPI
import SparringExchange
import SparringWire

/// Renders a recorded answer as if it were made now: moves the answer's dates and replaces the identifiers that the answer introduces. The
/// content and the timing do not change.
struct FreshRendering: Sendable {
    /// The time between the recording and the replay of this session, in seconds.
    let shift: Int64
    /// The current time in Unix seconds.
    let now: Int

    /// The header field that marks freshly rendered answers.
    static let label = "x-sparring-rendered"

    /// The members whose values are Unix seconds.
    private static let dates: Set<String> = [
        "created", "created_at", "completed_at", "in_progress_at", "finalizing_at", "expires_at", "expired_at",
        "cancelling_at", "cancelled_at", "failed_at", "started_at", "finished_at", "deleted_at", "last_active_at",
    ]

    /// - Parameter mint: makes the identifiers in the head.
    func rendered(_ answer: RecordedAnswer, mint: inout IDMint) -> RecordedAnswer {
        var fresh = answer.edited { edits(of: $0) }
        if fresh.headers.contains("date") { fresh.headers["date"] = HTTPDate.text(unixSeconds: now) }
        if let id = fresh.headers["x-request-id"] { fresh.headers["x-request-id"] = Self.like(id, &mint) }
        fresh.headers[Self.label] = "fresh"
        return fresh
    }

    /// The message with its dates moved.
    func dated(_ message: [UInt8]) -> [UInt8] { edits(of: message).applied(to: message) }

    private func edits(of body: [UInt8]) -> Edits {
        var edits = Edits()
        for document in IdentifierList.documents(in: body) {
            for span in JSONSpans.find(in: body[document]) where !span.isString {
                guard case .member(let name)? = span.place.last, Self.dates.contains(name),
                    let date = Int64(String(decoding: body[span.range], as: UTF8.self)), date > 0
                else { continue }
                edits.replace(span.range, with: Array(String(date + shift).utf8))
            }
        }
        return edits
    }

    /// Makes another identifier of the same shape: keeps the part that shows the identifier's origin, and draws all other digits and
    /// letters anew.
    static func like(_ identifier: String, _ mint: inout IDMint) -> String {
        let bytes = Array(identifier.utf8)
        let kind = IdentifierPlace.kind(of: bytes[...]) ?? ""
        let kept = kind.hasSuffix("uuid") ? kind.utf8.count - 4 : identifier.hasPrefix(kind) ? kind.utf8.count : 0
        let isHex = bytes[kept...].allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 || $0 == UInt8(ascii: "-") }
        let fresh = bytes[kept...].enumerated().map { index, byte -> UInt8 in
            // The version digit of a UUID is kept.
            if kind.hasSuffix("uuid"), index == 14 { return byte }
            let (start, count): (UInt8, UInt64) =
                switch byte {
                case 0x30...0x39: (0x30, 10)
                case 0x41...0x5A: (0x41, 26)
                case 0x61...0x7A: (0x61, isHex ? 6 : 26)
                default: (byte, 1)
                }
            return start + UInt8(mint.next() % count)
        }
        return String(decoding: bytes[..<kept] + fresh, as: UTF8.self)
    }
}
