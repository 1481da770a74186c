/// A JSON document as a value: keeps the order of members, the text of numbers and duplicate names.
///
/// Clients can observe the order of members and the text of numbers (`1.0` prints differently from `1`), so dictionaries and `Double` are
/// used only on request.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A number as it was written. `text` is always a valid JSON number.
package struct JSONNumber: Sendable, Hashable {
    package let text: String

    /// - Parameter text: a number in JSON's grammar. It is not checked, because the parser checks its input and literals are trusted.
    package init(text: String) { self.text = text }

    package init(_ value: Int) { text = String(value) }

    package init(_ value: Double) {
        text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value)).0" : "\(value)"
    }

    /// The value as an integer; nil also for `1.0` and `1e3`, because the type depends on the spelling, as in the API's error messages.
    package var int: Int? { Int(text) }

    package var double: Double { Double(text) ?? 0 }

    /// True for `1` and `-3`, false for `1.0` and `1e3`.
    package var isInteger: Bool { !text.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 } }
}

/// Members in the order of the document. Look-up is linear, which is faster than hashing for the few members of
/// requests.
package struct JSONObject: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    /// The last member of that name, as in common parsers. Setting a value replaces that member in place or appends a new one; setting nil
    /// removes the member.
    package subscript(name: String) -> JSONValue? {
        get {
            // Comparing lengths first avoids nearly all string comparisons.
            let length = name.utf8.count
            for index in members.indices.reversed() where members[index].name.utf8.count == length {
                if members[index].name == name { return members[index].value }
            }
            return Optional.none
        }
        set {
            guard let newValue else { return members.removeAll { $0.name == name } }
            if let index = members.lastIndex(where: { $0.name == name }) {
                members[index].value = newValue
            } else {
                members.append(Member(name, newValue))
            }
        }
    }

    package var names: [String] { members.map(\.name) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { Member($0, $1) }
    }
}

// MARK: - Reading a value

extension JSONValue {
    package var isNull: Bool { if case .null = self { true } else { false } }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var number: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    package var int: Int? { number?.int }
    package var double: Double? { number?.double }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The member of an object; nil for anything else.
    package subscript(name: String) -> JSONValue? { object?[name] }

    /// The element of an array; nil out of range and for anything else.
    package subscript(index: Int) -> JSONValue? {
        guard case .array(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }

    /// True if the documents are equal apart from the order of members and the spelling of numbers.
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let a), .number(let b)): a.text == b.text || a.double == b.double
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count
                && a.members.allSatisfy { member in b[member.name]?.isEquivalent(to: member.value) ?? false }
        default: self == other
        }
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member($0, $1) }))
    }
    package init(nilLiteral: ()) { self = .null }
}
