/// One row for a prepared statement. The texts of the row are stored one after the other in one buffer, so that binding a text copies
/// nothing and allocates no memory. The buffer is reused for each row.
struct RowBuffer {
    enum Column {
        case null
        case integer(Int64)
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    private(set) var columns: [Column] = []
    private(set) var bytes: [UInt8] = []

    /// The largest buffer that is kept; a larger buffer is freed after its row.
    private static let keptCapacity = 1 << 20

    init() { bytes.reserveCapacity(1 << 14) }

    mutating func clear() {
        columns.removeAll(keepingCapacity: true)
        if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        // The buffer must have an address, because a null pointer would bind NULL instead of an empty text.
        bytes.append(0)
    }

    mutating func null() { columns.append(.null) }
    mutating func integer(_ value: Int) { columns.append(.integer(Int64(value))) }
    mutating func integer(_ value: Int64) { columns.append(.integer(value)) }
    mutating func flag(_ value: Bool) { columns.append(.integer(value ? 1 : 0)) }

    /// Nil becomes NULL.
    mutating func text(_ value: String?) {
        guard let value else { return null() }
        text { $0.append(value) }
    }

    mutating func text(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        columns.append(.text(start..<bytes.count))
    }

    mutating func blob(_ value: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        columns.append(.blob(start..<bytes.count))
    }
}

extension [UInt8] {
    /// Appends the text as UTF-8, with one copy; `append(contentsOf: text.utf8)` would copy through another buffer.
    mutating func append(_ text: String) {
        guard text.utf8.withContiguousStorageIfAvailable({ append(contentsOf: $0) }) == nil else { return }
        append(contentsOf: text.utf8)
    }
}
