package import SparringWire

/// The time at which an answer was made, read from the answer itself.
package enum RecordedTime {
    /// The time in Unix nanoseconds, from `Date`, or else from `created` or `created_at` of the object or stream; nil if the answer has
    /// none of these.
    package static func of(_ headers: HeaderFields, _ body: [UInt8]) -> Int64? {
        let seconds = headers["date"].flatMap { UTCTime.httpDate($0) } ?? creation(headers, body)
        return seconds.map { Int64($0) * 1_000_000_000 }
    }

    /// The maximum time in a file, in milliseconds: ten years. Longer times and times below 0 are mistakes, and count as 0.
    private static let longest = 3650.0 * 86_400_000

    /// Converts a duration in another tool's file to nanoseconds.
    static func nanoseconds(milliseconds: Double) -> Int64 {
        (0...longest).contains(milliseconds) ? Int64(milliseconds * 1e6) : 0
    }

    /// Converts a time in another tool's file to Unix nanoseconds; 0 for a time before 1970 or after 2200.
    static func nanoseconds(unixSeconds: Double) -> Int64 {
        // A Double has a resolution of microseconds for such times.
        (0...7_258_118_400).contains(unixSeconds) ? Int64(unixSeconds * 1e6) * 1000 : 0
    }

    private static let names: Set<[CassettePath.Component]> = [
        [.member("created")], [.member("created_at")], [.member("response"), .member("created_at")],
    ]

    private static func creation(_ headers: HeaderFields, _ body: [UInt8]) -> Int? {
        let codings = ContentCoding.list(headers)
        let plain = codings.isEmpty ? body : ContentCoding.decoded(body, codings) ?? []
        for document in IdentifierList.documents(in: plain) {
            for span in JSONSpans.find(in: plain[document]) where names.contains(span.place) {
                // The number is a time, because Unix seconds have ten digits since 2001.
                let digits = plain[span.range].prefix { $0 &- 0x30 < 10 }
                if digits.count == 10, let seconds = Int(String(decoding: digits, as: UTF8.self)) { return seconds }
            }
        }
        return nil
    }
}
