package import SparringJSON

/// A JSON value: the arguments of a scripted tool call, the body of a recorded call.
///
/// Write a value as a literal, and read a value with subscripts:
///
///     let arguments: MockJSON = ["city": "Rome", "days": 3]
///     call.json?["messages"]?[0]?["content"] == "What is the weather in Rome?"
///
/// Objects keep the order of their members, and numbers keep their spelling. Two values are equal if they mean the
/// same: the order of members and the spelling of numbers (`1`, `1.0`) do not matter.
public struct MockJSON: Sendable, Equatable, CustomStringConvertible {
    package let value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    /// Parses a document.
    ///
    /// - Throws: `SyntaxError` for text that is not JSON (RFC 8259).
    public init(parsing text: String) throws(SyntaxError) { try self.init(parsing: Array(text.utf8)) }

    /// Parses a document in UTF-8.
    ///
    /// - Throws: `SyntaxError` for bytes that are not JSON (RFC 8259).
    public init(parsing bytes: [UInt8]) throws(SyntaxError) {
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(bytes)
        } catch {
            throw SyntaxError(offset: error.offset, reason: error.reason)
        }
    }

    /// The document on one line.
    public var description: String { value.text() }

    /// The document on one line, in UTF-8.
    public var bytes: [UInt8] { value.serialized() }

    public static func == (a: MockJSON, b: MockJSON) -> Bool { a.value.isEquivalent(to: b.value) }

    /// The reason why a text is not JSON.
    public struct SyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The number of bytes before the mistake.
        public let offset: Int
        /// The kind of mistake at this place.
        public let reason: String

        public var description: String { "not JSON, at byte \(offset): \(reason)" }
    }
}

/// Reading values.
extension MockJSON {
    /// The member of an object; nil if there is no such member or the value is not an object.
    public subscript(name: String) -> MockJSON? { value[name].map { MockJSON($0) } }

    /// The element of an array; nil if the index is out of range or the value is not an array.
    public subscript(index: Int) -> MockJSON? { value[index].map { MockJSON($0) } }

    /// The text of a string; nil for other values.
    public var string: String? { value.string }

    /// The value of an integer; nil for `1.0` and `1e3`, and for other values.
    public var int: Int? { value.int }

    /// A number; nil for other values.
    public var double: Double? { value.double }

    /// A boolean; nil for other values.
    public var bool: Bool? { value.bool }

    /// Whether the value is `null`.
    public var isNull: Bool { value.isNull }

    /// The elements of an array; nil for other values.
    public var array: [MockJSON]? { value.array?.map { MockJSON($0) } }

    /// The members of an object, in the order of the document; nil for other values.
    public var members: [(name: String, value: MockJSON)]? {
        value.object?.members.map { ($0.name, MockJSON($0.value)) }
    }
}

/// Literals.
extension MockJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self.init(.string(value)) }
    public init(integerLiteral value: Int) { self.init(.int(value)) }
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    public init(floatLiteral value: Double) { self.init(.number(JSONNumber(value))) }
    public init(arrayLiteral elements: MockJSON...) { self.init(.array(elements.map(\.value))) }
    public init(dictionaryLiteral elements: (String, MockJSON)...) {
        self.init(.object(JSONObject(elements.map { JSONObject.Member($0, $1.value) })))
    }
    public init(nilLiteral: ()) { self.init(.null) }
}

/// Making values from variables.
extension MockJSON {
    /// A string.
    public static func string(_ text: String) -> MockJSON { MockJSON(.string(text)) }

    /// An integer.
    public static func int(_ number: Int) -> MockJSON { MockJSON(.int(number)) }

    /// A number. Infinity and NaN become `null`, because JSON cannot express them.
    public static func double(_ number: Double) -> MockJSON {
        MockJSON(number.isFinite ? .number(JSONNumber(number)) : .null)
    }

    /// A boolean.
    public static func bool(_ value: Bool) -> MockJSON { MockJSON(.bool(value)) }

    /// An array.
    public static func array(_ elements: [MockJSON]) -> MockJSON { MockJSON(.array(elements.map(\.value))) }

    /// An object with its members in this order.
    public static func object(_ members: [(name: String, value: MockJSON)]) -> MockJSON {
        MockJSON(.object(JSONObject(members.map { JSONObject.Member($0.name, $0.value.value) })))
    }
}
