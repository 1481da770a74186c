import Foundation
import SparringJSON

/// Tests that JSON is read as the value that was written, and that Foundation's parser reads the same value. Each of the two parsers
/// accepts texts that the other rejects (Foundation allows deeper nesting, and rejects numbers beyond a double), so only values that both
/// accept are compared.
extension FuzzTarget {
    static let json = FuzzTarget("json") { bytes in
        guard let value = try? JSONValue.parse(bytes) else { return nil }
        for style in [JSONWriter.Style.compact, .pretty] {
            let written = value.serialized(style)
            guard let again = try? JSONValue.parse(written) else {
                return "not read again: \(String(decoding: written, as: UTF8.self))"
            }
            guard again == value else { return "written as \(String(decoding: written, as: UTF8.self))" }
        }
        guard let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
            return nil
        }
        return difference(value, other)
    }

    private static func difference(_ ours: JSONValue, _ theirs: Any) -> String? {
        switch ours {
        case .null: return theirs is NSNull ? nil : "null is \(theirs)"
        case .bool(let value): return (theirs as? NSNumber)?.boolValue == value ? nil : "\(value) is \(theirs)"
        case .number(let number):
            // Foundation rounds long decimals in another way.
            guard let other = theirs as? NSNumber else { return "\(number.text) is \(theirs)" }
            let isClose = abs(other.doubleValue - number.double) <= abs(number.double) * 1e-12
            return isClose || other.doubleValue == number.double ? nil : "\(number.text) is \(other)"
        // Foundation keeps lone surrogates, which cannot be compared as text.
        case .string(let text):
            guard let other = theirs as? String else { return "'\(text)' is \(theirs)" }
            return other == text || text.contains("\u{FFFD}") ? nil : "'\(text)' is '\(other)'"
        case .array(let values):
            guard let others = theirs as? [Any], others.count == values.count else {
                return "an array of \(values.count) is \(theirs)"
            }
            return zip(values, others).lazy.compactMap { difference($0, $1) }.first
        case .object(let object):
            guard let others = theirs as? [String: Any] else { return "an object is \(theirs)" }
            // If names are equal, Foundation keeps one of their values. Foundation also reads names with lone surrogates differently.
            guard Set(object.names).count == object.members.count, others.count == object.members.count else {
                return nil
            }
            return object.members.lazy.compactMap { member in
                others[member.name].flatMap { difference(member.value, $0) }
            }.first
        }
    }
}
