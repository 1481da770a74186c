/// The parameters of a connection, for the functions of `libpq` that take names and values.
struct ConnectionParameters {
    private let entries: [(name: String, value: String)]

    /// - Parameter name: `application_name`.
    init(_ location: PostgresLocation, name: String) {
        // A later entry overrides an earlier entry: the URL may name the application, but not the encoding.
        entries = [
            ("application_name", name), ("connect_timeout", "5"), ("dbname", location.url), ("client_encoding", "UTF8"),
        ]
    }

    /// Calls a function that expands a URL in `dbname`.
    func call<Value>(_ function: (Libpq.Texts?, Libpq.Texts?, Int32) -> Value) -> Value {
        Self.withTexts(entries.map(\.name)) { names in
            Self.withTexts(entries.map(\.value)) { values in function(names, values, 1) }
        }
    }

    /// Passes an array of C strings that ends with a null pointer.
    private static func withTexts<Value>(_ texts: [String], _ body: (Libpq.Texts?) -> Value) -> Value {
        let bytes = texts.map { Array($0.utf8CString) }
        let all = bytes.flatMap(\.self)
        return all.withUnsafeBufferPointer { buffer in
            var start = 0
            var pointers: [UnsafePointer<CChar>?] = bytes.map { text in
                defer { start += text.count }
                return buffer.baseAddress.map { $0 + start }
            }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}

/// The values of a statement, for `PQsendQueryPrepared`: pointers, lengths, and for each value a 1, which means the binary format.
struct EncodedParameters {
    private var bytes: [CChar] = []
    /// The place of each value in `bytes`; nil for NULL.
    private var places: [Range<Int>?] = []

    init(_ values: [PostgresValue]) {
        for value in values {
            guard let encoded = value.encoded else {
                places.append(nil)
                continue
            }
            places.append(bytes.count..<(bytes.count + encoded.count))
            bytes += encoded.map { CChar(bitPattern: $0) }
        }
        // An empty value also needs a pointer, because a null pointer would mean NULL.
        bytes.append(0)
    }

    func withPointers<Value>(_ body: (Libpq.Texts?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Value) -> Value {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers = places.map { place in
                place.flatMap { place in buffer.baseAddress.map { $0 + place.lowerBound } }
            }
            let lengths = places.map { Int32($0?.count ?? 0) }
            return body(pointers, lengths, places.map { _ in 1 })
        }
    }
}
