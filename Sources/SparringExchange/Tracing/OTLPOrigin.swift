import SparringJSON

/// The source of spans and metrics, and the parts that their export requests share.
///
/// Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
package struct OTLPOrigin: Sendable {
    /// The attributes of the program, such as `service.name`.
    package var resource: [(String, String)]
    /// The version of Sparring.
    package var version: String

    package init(resource: [(String, String)] = [], version: String = "") {
        self.resource = resource
        self.version = version
    }

    var resourceJSON: JSONValue { ["attributes": Self.json(resource.map { ($0, .string($1)) })] }

    var scopeJSON: JSONValue { ["name": "sparring", "version": .string(version)] }

    /// The number of items that the receiver rejected although it accepted the request.
    /// - Parameter field: `rejectedSpans` or `rejectedDataPoints`.
    package static func rejected(_ field: String, in answer: [UInt8]) -> Int {
        let count = (try? JSONValue.parse(answer))?["partialSuccess"]?[field]
        // 64-bit integers are strings in this encoding, but receivers also write them as numbers.
        return count?.int ?? count?.string.flatMap { Int($0) } ?? 0
    }

    static func json(_ attributes: [Span.Attribute]) -> JSONValue {
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
