/// The head of an answer as lines, because some faults cannot be expressed as fields.
struct HeadLines: Sendable, Hashable {
    /// The lines, without line ends; the first one is the status line.
    var lines: [[UInt8]]
    /// True if the end of the connection is the only sign of the body's end.
    var closes = false

    /// - Parameter bytes: the bytes of a head as `Composition` writes it.
    init(_ bytes: ArraySlice<UInt8>) {
        lines = bytes.split(separator: 0x0A).map { Array($0.dropLast()) }.filter { !$0.isEmpty }
    }

    var bytes: [UInt8] { lines.flatMap { $0 + [0x0D, 0x0A] } + [0x0D, 0x0A] }

    /// The first field of that name. Setting a value replaces all fields of that name, or adds a field.
    subscript(name: String) -> String? {
        get {
            lines.first { Self.has(name, $0) }.map {
                String(decoding: $0.dropFirst(name.utf8.count + 2), as: UTF8.self)
            }
        }
        set {
            let place = lines.firstIndex { Self.has(name, $0) } ?? lines.endIndex
            lines.removeAll { Self.has(name, $0) }
            if let newValue { lines.insert(Array("\(name): \(newValue)".utf8), at: min(place, lines.endIndex)) }
        }
    }

    mutating func append(_ name: String, _ value: String) { lines.append(Array("\(name): \(value)".utf8)) }

    private static func has(_ name: String, _ line: [UInt8]) -> Bool {
        line.count > name.utf8.count && line[name.utf8.count] == UInt8(ascii: ":") && line.starts(with: name.utf8)
    }
}
