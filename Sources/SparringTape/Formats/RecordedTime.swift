package import SparringWire

/// When an answer was made, by what it says itself.
package enum RecordedTime {
    /// Unix nanoseconds of its `Date`, or of the `created` or `created_at` of the object that it is or streams; nil without either.
    package static func of(_ headers: HeaderFields, _ body: [UInt8]) -> Int64? {
        let seconds = headers["date"].flatMap { UTCTime.httpDate($0) } ?? creation(headers, body)
        return seconds.map { Int64($0) * 1_000_000_000 }
    }

    private static let names: Set<[TapePath.Component]> = [
        [.member("created")], [.member("created_at")], [.member("response"), .member("created_at")],
    ]

    private static func creation(_ headers: HeaderFields, _ body: [UInt8]) -> Int? {
        let codings = ContentCoding.list(headers)
        let plain = codings.isEmpty ? body : ContentCoding.decoded(body, codings) ?? []
        for document in IdentifierList.documents(in: plain) {
            for span in JSONSpans.find(in: plain[document]) where names.contains(span.place) {
                // Ten digits: from 2001 on.
                let digits = plain[span.range].prefix { $0 &- 0x30 < 10 }
                if digits.count == 10, let seconds = Int(String(decoding: digits, as: UTF8.self)) { return seconds }
            }
        }
        return nil
    }
}
