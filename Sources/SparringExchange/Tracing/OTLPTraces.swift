import SparringJSON

/// The body of an export request in OTLP's JSON encoding.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
package enum OTLPTraces {
    /// - Parameters:
    ///   - resource: the source of the spans: `service.name` and the like.
    ///   - version: Sparring's version.
    package static func body(_ spans: [Span], resource: [(String, String)], version: String) -> [UInt8] {
        json(spans, resource: resource, version: version).serialized()
    }

    static func json(_ spans: [Span], resource: [(String, String)], version: String) -> JSONValue {
        [
            "resourceSpans": [
                [
                    "resource": ["attributes": attributes(resource.map { ($0, .string($1)) })],
                    "scopeSpans": [
                        [
                            "scope": ["name": "sparring", "version": .string(version)],
                            "spans": .array(spans.map(json)),
                        ]
                    ],
                ]
            ]
        ]
    }

    /// The number of spans that the receiver rejected although it accepted the request.
    package static func rejected(in answer: [UInt8]) -> Int {
        let count = (try? JSONValue.parse(answer))?["partialSuccess"]?["rejectedSpans"]
        // 64-bit integers are strings in this encoding; receivers write numbers as well.
        return count?.int ?? count?.string.flatMap { Int($0) } ?? 0
    }

    private static func json(_ span: Span) -> JSONValue {
        // Bit 8: it is known whether the parent is remote. Bit 9: the parent is remote.
        var flags = span.parent?.isSampled ?? true ? 1 : 0
        flags |= span.parent == nil ? 0x100 : 0x300
        var object: JSONObject = [
            "traceId": .string(span.traceID), "spanId": .string(span.spanID), "flags": .int(flags),
            "name": .string(span.name), "kind": 2, "startTimeUnixNano": .string(String(span.start)),
            "endTimeUnixNano": .string(String(span.end)), "attributes": attributes(span.attributes),
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
            "attributes": attributes(event.attributes),
        ]
    }

    private static func attributes(_ attributes: [Span.Attribute]) -> JSONValue {
        .array(attributes.map { ["key": .string($0.name), "value": json($0.value)] })
    }

    private static func json(_ value: Span.Value) -> JSONValue {
        switch value {
        case .string(let text): ["stringValue": .string(text)]
        case .int(let number): ["intValue": .string(String(number))]
        case .double(let number): ["doubleValue": .number(JSONNumber(number))]
        case .bool(let isTrue): ["boolValue": .bool(isTrue)]
        case .strings(let texts): ["arrayValue": ["values": .array(texts.map { ["stringValue": .string($0)] })]]
        }
    }
}
