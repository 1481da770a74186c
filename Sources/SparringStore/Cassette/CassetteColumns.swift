import SparringCassette
import SparringJSON
import SparringWire

/// Values stored as one JSON column, because they are always read together; views show them as rows.
enum CassetteColumns {
    /// `[[name, value], …]`
    static func text(_ headers: HeaderFields) -> String {
        JSONValue.array(headers.fields.map { [.string($0.name), .string($0.value)] }).text()
    }

    /// `[[nanoseconds, bytes], …]`
    static func text(_ pieces: [RecordedPiece]) -> String {
        JSONValue.array(pieces.map { [.int(Int($0.at)), .int($0.count)] }).text()
    }

    static func headers(_ text: String) throws -> HeaderFields {
        HeaderFields(
            (try JSONValue.parse(text).array ?? []).map {
                HeaderFields.Field($0[0]?.string ?? "", $0[1]?.string ?? "")
            })
    }

    static func pieces(_ text: String) throws -> [RecordedPiece] {
        (try JSONValue.parse(text).array ?? []).map {
            RecordedPiece(at: Int64($0[0]?.int ?? 0), count: $0[1]?.int ?? 0)
        }
    }
}
