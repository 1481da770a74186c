import SparringCassette
import SparringJSON
import SparringWire

/// Values that are stored as one JSON column, because they are always read together; views show them as rows.
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

    /// - Parameter bytes: the number of bytes that the pieces have together.
    /// - Throws: `DamagedRow` if the pieces have a different number of bytes.
    static func pieces(_ text: String, of bytes: Int) throws -> [RecordedPiece] {
        var rest = bytes
        let pieces = try (try JSONValue.parse(text).array ?? []).map { piece in
            let count = piece[1]?.int ?? 0
            guard (0...rest).contains(count) else { throw DamagedRow("a piece of a body has \(count) bytes") }
            rest -= count
            return RecordedPiece(at: Int64(piece[0]?.int ?? 0), count: count)
        }
        guard rest == 0 else { throw DamagedRow("\(rest) bytes of a body belong to no piece") }
        return pieces
    }
}
