import SparringExchange
import SparringJSON
import SparringWire

/// The column of header fields: `[[name, value], …]` as JSON, with secrets masked.
///
/// The last value of the column is cached. A client sends the same fields with each request, and searching the fields for secrets is a
/// third of the work of a row.
struct HeaderColumn {
    private var fields: HeaderFields?
    private var json: [UInt8] = []

    mutating func write(_ headers: HeaderFields, to bytes: inout [UInt8]) {
        if headers != fields {
            fields = headers
            json.removeAll(keepingCapacity: true)
            JournalRow.list(headers.fields, to: &json) { field, bytes in
                bytes.append(UInt8(ascii: "["))
                JournalRow.string(field.name, to: &bytes)
                bytes.append(UInt8(ascii: ","))
                JournalRow.string(Redaction.value(field.value, ofHeader: field.name), to: &bytes)
                bytes.append(UInt8(ascii: "]"))
            }
        }
        bytes.append(contentsOf: json)
    }
}
