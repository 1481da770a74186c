package import SparringWire

/// The time at which an answer was made, read from the answer itself.
package enum RecordedTime {
    /// The time in Unix nanoseconds, from `Date`, or else from `created` or `created_at` of the object or stream; nil
    /// without these.
    package static func of(_ headers: HeaderFields, _ body: [UInt8]) -> Int64? {
        let seconds = headers["date"].flatMap { UTCTime.httpDate($0) } ?? creation(headers, body)
        return seconds.map { Int64($0) * 1_000_000_000 }
    }

    private static let names: Set<[CassettePath.Component]> = [
        [.member("created")], [.member("created_at")], [.member("response"), .member("created_at")],
    ]

    private static func creation(_ headers: HeaderFields, _ body: [UInt8]) -> Int? {
        let codings = ContentCoding.list(headers)
        let plain = codings.isEmpty ? body : ContentCoding.decoded(body, codings) ?? []
        for document in IdentifierList.documents(in: plain) {
            for span in JSONSpans.find(in: plain[document]) where names.contains(span.place) {
                // Unix seconds have ten digits since 2001.
                let digits = plain[span.range].prefix { $0 &- 0x30 < 10 }
                if digits.count == 10, let seconds = Int(String(decoding: digits, as: UTF8.self)) { return seconds }
            }
        }
        return nil
    }
}
