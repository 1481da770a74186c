import SparringWire

/// The files of mitmproxy (https://docs.mitmproxy.org): a sequence of flows. Each flow is a typed netstring: its length in digits, a colon,
/// the value, and a letter for the type.
package enum MitmproxyFormat {
    /// Finds the flows in a file that arrives in pieces. The splitter needs only the memory of one flow.
    package struct Splitter: Sendable {
        private var held: [UInt8] = []
        /// The length of the current flow with its type letter; nil before the colon that ends the length.
        private var wanted: Int?

        package init() {}

        /// Whether the file may end here.
        package var isAtEnd: Bool { held.isEmpty && wanted == nil }

        package mutating func take(_ bytes: some Sequence<UInt8>, _ body: ([UInt8]) throws -> Void) throws {
            held += bytes
            while true {
                if let wanted {
                    guard held.count >= wanted else { return }
                    try body(Array(held[..<wanted]))
                    held.removeFirst(wanted)
                    self.wanted = nil
                } else {
                    let digits = held.prefix { $0 &- 0x30 < 10 }
                    guard digits.count < held.count else {
                        guard digits.count < 12 else { throw ImportMistake("the length of a flow is missing") }
                        return
                    }
                    guard held[digits.count] == UInt8(ascii: ":"), (1..<12).contains(digits.count),
                        let length = Int(String(decoding: digits, as: UTF8.self))
                    else { throw ImportMistake("the length of a flow is missing") }
                    held.removeFirst(digits.count + 1)
                    wanted = length + 1
                }
            }
        }
    }

    /// - Parameter flow: the value of the flow with its type letter, without its length.
    /// - Returns: nil for a flow that is not HTTP or has no answer.
    package static func exchange(_ flow: [UInt8]) throws(ImportMistake) -> ImportedExchange? {
        let value = try Value(flow[...])
        guard value["type"]?.text == "http" else { return nil }
        guard let request = value["request"], let method = request["method"]?.text, let path = request["path"]?.text,
            let host = request["host"]?.text
        else { throw ImportMistake("a flow needs a request with method, host and path") }
        guard let response = value["response"], let number = response["status_code"]?.number else { return nil }
        guard let status = Int(exactly: number) else {
            throw ImportMistake("the status \(number) is not a whole number")
        }
        let start = request["timestamp_start"]?.number ?? 0
        func since(_ name: String) -> Int64 {
            RecordedTime.nanoseconds(milliseconds: max(0, (response[name]?.number ?? start) - start) * 1000)
        }
        let headers = headers(response)
        return ImportedExchange(
            startedAt: RecordedTime.nanoseconds(unixSeconds: start), method: method,
            url: "\(request["scheme"]?.text ?? "https")://\(host)\(path)", requestHeaders: Self.headers(request),
            requestBody: body(request), status: status,
            reason: response["reason"]?.text ?? "", headers: headers, body: body(response),
            firstByteAt: since("timestamp_start"), endAt: since("timestamp_end"))
    }

    private static func headers(_ message: Value) -> HeaderFields {
        guard case .list(let fields)? = message["headers"] else { return [:] }
        return HeaderFields(
            fields.compactMap { field in
                guard case .list(let pair) = field, pair.count == 2, let name = pair[0].text, let value = pair[1].text,
                    !name.hasPrefix(":")
                else { return nil }
                return HeaderFields.Field(name, value)
            })
    }

    /// The body of a message in its content coding, as on the wire.
    private static func body(_ message: Value) -> [UInt8] {
        guard case .bytes(let bytes)? = message["content"] else { return [] }
        return Array(bytes)
    }

    /// A value of the format.
    enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case number(Double)
        case bytes(ArraySlice<UInt8>)
        case list([Value])
        case members([Value: Value])

        /// The limit exists because the parser recurses, and a file from an untrusted source may nest without end. The flows of mitmproxy
        /// have five levels.
        private static let deepestNesting = 100

        /// - Parameter text: the value with its type letter.
        init(_ text: ArraySlice<UInt8>, depth: Int = 0) throws(ImportMistake) {
            guard depth <= Self.deepestNesting else {
                throw ImportMistake("the values of a flow are nested too deeply")
            }
            guard let letter = text.last else { throw ImportMistake("a value of a flow is missing") }
            let inner = text.dropLast()
            switch letter {
            case UInt8(ascii: ","), UInt8(ascii: ";"): self = .bytes(inner)
            case UInt8(ascii: "#"), UInt8(ascii: "^"):
                guard let number = Double(String(decoding: inner, as: UTF8.self)) else {
                    throw ImportMistake("'\(String(decoding: inner.prefix(20), as: UTF8.self))' is not a number")
                }
                self = .number(number)
            case UInt8(ascii: "!"): self = .bool(inner.elementsEqual("true".utf8))
            case UInt8(ascii: "~"): self = .null
            case UInt8(ascii: "]"): self = .list(try Self.values(inner, depth: depth))
            case UInt8(ascii: "}"):
                let values = try Self.values(inner, depth: depth)
                guard values.count.isMultiple(of: 2) else { throw ImportMistake("a name in a flow has no value") }
                var members: [Value: Value] = [:]
                for index in stride(from: 0, to: values.count, by: 2) { members[values[index]] = values[index + 1] }
                self = .members(members)
            default: throw ImportMistake("'\(UnicodeScalar(letter))' is not a known type of a value in a flow")
            }
        }

        private static func values(_ bytes: ArraySlice<UInt8>, depth: Int) throws(ImportMistake) -> [Value] {
            var (values, rest): ([Value], ArraySlice<UInt8>) = ([], bytes)
            while !rest.isEmpty {
                let digits = rest.prefix { $0 &- 0x30 < 10 }
                guard let length = Int(String(decoding: digits, as: UTF8.self)), digits.endIndex < rest.endIndex,
                    rest[digits.endIndex] == UInt8(ascii: ":"), rest.count - digits.count - 1 > length
                else { throw ImportMistake("a value of a flow has no length, or is shorter than its length") }
                let end = digits.endIndex + 1 + length
                values.append(try Value(rest[(digits.endIndex + 1)...end], depth: depth + 1))
                rest = rest[(end + 1)...]
            }
            return values
        }

        subscript(name: String) -> Value? {
            guard case .members(let members) = self else { return nil }
            return members[.bytes(Array(name.utf8)[...])]
        }

        var text: String? {
            guard case .bytes(let bytes) = self else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }

        var number: Double? {
            guard case .number(let number) = self else { return nil }
            return number
        }
    }
}
