import SparringJSON
import SparringTape
import SparringWire

/// Values stored as one JSON column, because they are always read together; views show them as rows.
enum TapeColumns {
    /// `[[name, value], …]`
    static func text(_ headers: HeaderFields) -> String {
        JSONValue.array(headers.fields.map { [.string($0.name), .string($0.value)] }).text()
    }

    /// `[[nanoseconds, bytes], …]`
    static func text(_ pieces: [TapedPiece]) -> String {
        JSONValue.array(pieces.map { [.int(Int($0.at)), .int($0.count)] }).text()
    }

    static func headers(_ text: String) throws -> HeaderFields {
        HeaderFields(
            (try JSONValue.parse(text).array ?? []).map {
                HeaderFields.Field($0[0]?.string ?? "", $0[1]?.string ?? "")
            })
    }

    static func pieces(_ text: String) throws -> [TapedPiece] {
        (try JSONValue.parse(text).array ?? []).map {
            TapedPiece(at: Int64($0[0]?.int ?? 0), count: $0[1]?.int ?? 0)
        }
    }
}
