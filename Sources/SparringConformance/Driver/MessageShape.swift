package import SparringJSON
import SparringScenario

/// An error in a message of the driver protocol, as a sentence.
package struct ProtocolProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// The grammar of a message of the driver protocol: a row for each member. Unknown members are ignored, so that members
/// can be added to the protocol. `scenarios/schema/driver-v1.json` is the same grammar for other languages.
package struct MessageShape: Sendable {
    indirect enum Kind: Sendable {
        case text
        case flag
        case whole
        case number
        case choice([String])
        case list(Kind)
        case object([Member])
        /// Any JSON value.
        case anything
    }

    struct Member: Sendable {
        var name: String
        var kind: Kind
        var isRequired = false
        var mayBeNull = false
    }

    /// The name of the message in error messages.
    package var name: String
    var members: [Member]
}

extension MessageShape {
    /// - Throws: the first problem, with its path.
    package func check(_ json: JSONValue) throws(ProtocolProblem) {
        guard json.object != nil else {
            throw ProtocolProblem("\(name) must be a JSON object, not \(json.kindInWords)")
        }
        try Self.check(json, members, path: "", of: name)
    }

    /// Warnings about unknown members with names that look mistyped.
    package func suspects(in json: JSONValue) -> [String] {
        let known = members.map(\.name)
        return (json.object?.names ?? []).filter { !known.contains($0) }.compactMap { name in
            Nearest.name(to: name, among: known).map {
                "`\(name)` is not part of the protocol and is ignored: did you mean `\($0)`?"
            }
        }
    }

    private static func check(
        _ json: JSONValue, _ members: [Member], path: String, of owner: String
    ) throws(ProtocolProblem) {
        for member in members {
            guard let value = json[member.name] else {
                if member.isRequired { throw ProtocolProblem("\(owner) has no `\(path)\(member.name)`") }
                continue
            }
            if value.isNull, member.mayBeNull { continue }
            try check(value, is: member.kind, path: path + member.name, of: owner)
        }
    }

    private static func check(
        _ value: JSONValue, is kind: Kind, path: String, of owner: String
    ) throws(ProtocolProblem) {
        func refuse(_ wanted: String) -> ProtocolProblem {
            ProtocolProblem("`\(path)` of \(owner) must be \(wanted), not \(value.kindInWords)")
        }
        switch kind {
        case .anything: break
        case .text: if value.string == nil { throw refuse("a string") }
        case .flag: if value.bool == nil { throw refuse("true or false") }
        case .whole: if (value.int ?? -1) < 0 { throw refuse("a whole number of at least 0") }
        case .number: if value.number == nil { throw refuse("a number") }
        case .choice(let choices):
            guard let text = value.string else { throw refuse("one of \(choices.joined(separator: ", "))") }
            guard choices.contains(text) else {
                let near = Nearest.name(to: text, among: choices).map { "; did you mean \($0)?" } ?? ""
                throw ProtocolProblem(
                    "`\(path)` of \(owner): '\(text)' is not one of \(choices.joined(separator: ", "))\(near)")
            }
        case .list(let element):
            guard let values = value.array else { throw refuse("a list") }
            for (index, value) in values.enumerated() {
                try check(value, is: element, path: "\(path)[\(index)]", of: owner)
            }
        case .object(let members):
            guard value.object != nil else { throw refuse("an object") }
            try check(value, members, path: path + ".", of: owner)
        }
    }
}

extension JSONValue {
    fileprivate var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): number.text
        case .string(let text): "'\(text.prefix(60))'"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
