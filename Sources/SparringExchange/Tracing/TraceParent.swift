import SparringWire

/// The position of a request in its client's trace.
///
/// Source: https://www.w3.org/TR/trace-context/
package struct TraceParent: Sendable, Hashable {
    /// The trace's id: 32 hexadecimal digits, not all zero.
    package var traceID: String
    /// The client's span: 16 hexadecimal digits, not all zero.
    package var spanID: String
    /// Whether the client records the trace.
    package var isSampled: Bool
    /// The `tracestate` field as received; nil if the request has no such field.
    package var state: String?

    /// Returns nil for a request without a valid `traceparent`.
    package init?(_ request: Request) {
        guard let field = request.headers["traceparent"] else { return nil }
        let parts = field.split(separator: "-", omittingEmptySubsequences: false)
        // A later version may append members; version ff is forbidden.
        guard parts.count >= 4, parts[0] == "00" ? parts.count == 4 : parts[0] != "ff",
            Self.isHex(parts[0], 2), Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        isSampled = flags & 1 == 1
        state = request.headers["tracestate"]
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
