import GRDB
import GRDBSQLite

extension Statement {
    /// Runs an insert with the values of a row. GRDB's arguments would box and copy each of two dozen columns, which took as long as
    /// SQLite's own work. These bindings point into the row, and are removed before the row changes.
    func insert(_ row: borrowing RowBuffer, _ db: Database) throws {
        let columns = row.columns
        let code = row.bytes.withUnsafeBytes { bytes in
            for (index, column) in zip(Int32(1)..., columns) {
                let status =
                    switch column {
                    case .null: sqlite3_bind_null(sqliteStatement, index)
                    case .integer(let value): sqlite3_bind_int64(sqliteStatement, index, value)
                    // A nil destructor is SQLITE_STATIC: SQLite does not copy the bytes, which stay valid until the
                    // step ends.
                    case .text(let range):
                        sqlite3_bind_text(
                            sqliteStatement, index, bytes.baseAddress?.advanced(by: range.lowerBound),
                            Int32(range.count), nil)
                    case .blob(let range):
                        sqlite3_bind_blob(
                            sqliteStatement, index, bytes.baseAddress?.advanced(by: range.lowerBound),
                            Int32(range.count), nil)
                    }
                guard status == SQLITE_OK else { return status }
            }
            let code = sqlite3_step(sqliteStatement)
            sqlite3_reset(sqliteStatement)
            sqlite3_clear_bindings(sqliteStatement)
            return code
        }
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: sql)
        }
    }
}
