import SparringJSON

/// The body of an export request in OTLP's JSON encoding.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
package enum OTLPTraces {
    /// - Parameter origin: the program.
    package static func body(_ spans: [Span], from origin: OTLPOrigin) -> [UInt8] {
        json(spans, from: origin).serialized()
    }

    static func json(_ spans: [Span], from origin: OTLPOrigin) -> JSONValue {
        [
            "resourceSpans": [
                [
                    "resource": origin.resourceJSON,
                    "scopeSpans": [["scope": origin.scopeJSON, "spans": .array(spans.map(json))]],
                ]
            ]
        ]
    }

    private static func json(_ span: Span) -> JSONValue {
        // Bit 8 says that it is known whether the parent is remote; bit 9 says that it is remote.
        var flags = span.parent?.isSampled ?? true ? 1 : 0
        flags |= span.parent == nil ? 0x100 : 0x300
        var object: JSONObject = [
            "traceId": .string(span.traceID), "spanId": .string(span.spanID), "flags": .int(flags),
            "name": .string(span.name), "kind": 2, "startTimeUnixNano": .string(String(span.start)),
            "endTimeUnixNano": .string(String(span.end)), "attributes": OTLPOrigin.json(span.attributes),
            "events": .array(span.events.map(json)),
        ]
        if let parent = span.parent {
            object["parentSpanId"] = .string(parent.spanID)
            if let state = parent.state { object["traceState"] = .string(state) }
        }
        object["status"] = span.failure.map { ["code": 2, "message": .string($0)] } ?? [:]
        return .object(object)
    }

    private static func json(_ event: Span.Event) -> JSONValue {
        [
            "timeUnixNano": .string(String(event.at)), "name": .string(event.name),
            "attributes": OTLPOrigin.json(event.attributes),
        ]
    }
}
