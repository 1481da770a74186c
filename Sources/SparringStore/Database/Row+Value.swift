import GRDB

extension Row {
    /// The value of a column. GRDB's subscript ends the program if the value is of a different type, which is possible in a damaged file.
    ///
    /// - Throws: `DamagedRow` if the value is of another type.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> Value {
        do {
            return try decode(forColumn: column)
        } catch {
            throw DamagedRow("the value of '\(column)' is of a wrong type")
        }
    }

    /// The value of a column by its position, which is faster than a look-up by name.
    ///
    /// - Throws: `DamagedRow` if the value is of another type.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ position: Int) throws -> Value {
        do {
            return try decode(atIndex: position)
        } catch {
            throw DamagedRow("the value in column \(position + 1) is of a wrong type")
        }
    }
}

/// The reason why a row cannot be read: the file was damaged, or another program has changed it.
struct DamagedRow: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
