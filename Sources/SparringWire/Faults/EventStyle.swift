/// The notation of an event: valid variants of the event stream grammar (WHATWG HTML §9.2.5), and invalid ones.
struct EventStyle: Sendable, Hashable {
    var lineEnd = LineEnd.lf
    /// `data: x`, or `data:x`.
    var hasSpace = true
    /// JSON is split over several `data` lines, after its commas.
    var isMultiLine = false
    /// Lines before the event's own lines.
    var fields: [String] = []
    /// If false, the event is not dispatched, or is joined with the next event.
    var hasBlankLine = true

    enum LineEnd: String, Sendable, CaseIterable {
        case lf, cr, crlf, mixed
    }

    /// - Parameter number: the event's number; mixed line ends alternate with the number.
    func bytes(of event: Event, number: Int) -> [UInt8] {
        let end = end(of: number)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(event.data.count + 32)
        func line(_ name: String, _ value: some Sequence<UInt8>) {
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: ":"))
            if hasSpace { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: value)
            bytes.append(contentsOf: end.line.utf8)
        }
        for field in fields {
            bytes.append(contentsOf: field.utf8)
            bytes.append(contentsOf: end.line.utf8)
        }
        if let name = event.name { line("event", name.utf8) }
        for part in isMultiLine ? Self.parts(event.data) : [event.data[...]] { line("data", part) }
        if hasBlankLine { bytes.append(contentsOf: end.blank.utf8) }
        return bytes
    }

    /// A CR at the end of a line and the LF of a blank line would be one line end, so these two are never adjacent.
    private func end(of number: Int) -> (line: String, blank: String) {
        switch lineEnd {
        case .lf: ("\n", "\n")
        case .cr: ("\r", "\r")
        case .crlf: ("\r\n", "\r\n")
        case .mixed: [("\r", "\r\n"), ("\r\n", "\n"), ("\n", "\r")][number % 3]
        }
    }

    /// Splits after commas outside strings, where JSON treats a line feed like a space.
    private static func parts(_ json: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var (start, isInString, isEscaped) = (0, false, false)
        for (index, byte) in json.enumerated() {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isInString
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: ",") where !isInString:
                parts.append(json[start...index])
                start = index + 1
            default: break
            }
        }
        return parts + [json[start...]]
    }
}
