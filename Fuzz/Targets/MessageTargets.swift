import SparringAPI
import SparringConformance
import SparringExchange
import SparringJSON
import SparringWire

/// Tests small texts that programs send: schemas in requests, lines of drivers, fields, and bytes that a log shows.
extension FuzzTarget {
    /// A JSON Schema of a request, for which an instance is invented.
    static let schema = FuzzTarget("schema") { bytes in
        guard let schema = try? JSONValue.parse(bytes) else { return nil }
        let size = SchemaInstance.example(of: schema).serialized().count
        return size > 4 << 20 ? "an instance of \(size) bytes" : nil
    }

    static let driverLine = FuzzTarget("driver-line") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? Outcome.printed(in: text)
        guard let json = try? JSONValue.parse(bytes) else { return nil }
        _ = try? DriverReply(json: json)
        guard let introduction = try? DriverIntroduction(json: json) else { return nil }
        return introduction.concurrency < 1 ? "\(introduction.concurrency) runs at once" : nil
    }

    static let traceParent = FuzzTarget("traceparent") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let request = Request(method: "GET", target: "/", headers: ["traceparent": text])
        guard let parent = TraceParent(request) else { return nil }
        let isWhole = parent.traceID.utf8.count == 32 && parent.spanID.utf8.count == 16 && text.contains(parent.traceID)
        return isWhole ? nil : "\(parent)"
    }

    /// Lines for a terminal: no control character is left.
    static let shownBytes = FuzzTarget("shown-bytes") { bytes in
        for line in ByteLines.lines(bytes) {
            let control = line.unicodeScalars.first { $0.properties.generalCategory == .control || $0 == "\u{2028}" }
            if let control { return "U+\(String(control.value, radix: 16)) in '\(line)'" }
        }
        return nil
    }
}
