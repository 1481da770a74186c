/// A parameter of a statement, in PostgreSQL's binary format.
enum PostgresValue: Sendable, Hashable {
    case integer(Int64?)
    case text(String)
    case bytes([UInt8])

    static func integer(_ value: Int?) -> PostgresValue { .integer(value.map { Int64($0) }) }

    /// The object identifier of the type: `int8`, `text`, `bytea`.
    ///
    /// Source: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
    var type: UInt32 {
        switch self {
        case .integer: 20
        case .text: 25
        case .bytes: 17
        }
    }

    /// Nil for NULL.
    var encoded: [UInt8]? {
        switch self {
        case .integer(let value): value.map { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        }
    }
}

/// A row of a result, in PostgreSQL's binary format.
struct PostgresRow: Sendable, Hashable {
    /// Nil for NULL.
    var cells: [[UInt8]?]

    /// An `int2`, `int4` or `int8`, or a `bool` as 0 or 1.
    /// - Returns: nil for NULL.
    func integer(_ column: Int) throws(PostgresProblem) -> Int? {
        guard let bytes = try cell(column) else { return nil }
        guard [1, 2, 4, 8].contains(bytes.count) else { throw Self.mismatch(column, "a number") }
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return switch bytes.count {
        case 2: Int(Int16(truncatingIfNeeded: bits))
        case 4: Int(Int32(truncatingIfNeeded: bits))
        case 8: Int(Int64(truncatingIfNeeded: bits))
        default: Int(bits)
        }
    }

    /// A number that must not be NULL.
    func number(_ column: Int) throws(PostgresProblem) -> Int {
        guard let value = try integer(column) else { throw Self.mismatch(column, "a number") }
        return value
    }

    /// A `text` that must not be NULL.
    func text(_ column: Int) throws(PostgresProblem) -> String {
        guard let text = String(validating: try bytes(column), as: UTF8.self) else {
            throw Self.mismatch(column, "a text")
        }
        return text
    }

    /// A `bytea` or `text` that must not be NULL.
    func bytes(_ column: Int) throws(PostgresProblem) -> [UInt8] {
        guard let bytes = try cell(column) else { throw Self.mismatch(column, "bytes") }
        return bytes
    }

    private func cell(_ column: Int) throws(PostgresProblem) -> [UInt8]? {
        guard cells.indices.contains(column) else { throw Self.mismatch(column, "a value") }
        return cells[column]
    }

    private static func mismatch(_ column: Int, _ wanted: String) -> PostgresProblem {
        PostgresProblem(.statement, "column \(column + 1) of an answer of PostgreSQL is not \(wanted)")
    }
}
