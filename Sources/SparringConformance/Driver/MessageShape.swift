package import SparringJSON
import SparringScenario

/// A message that is not what the protocol has at its place, in a sentence.
package struct ProtocolProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// What a message of the driver protocol has to be, a row for each member. Members without a row are ignored, as the protocol grows by
/// them; `scenarios/schema/driver-v1.json` says the same to other languages.
package struct MessageShape: Sendable {
    indirect enum Kind: Sendable {
        case text
        case flag
        case whole
        case number
        case choice([String])
        case list(Kind)
        case object([Member])
        /// Whatever JSON has.
        case anything
    }

    struct Member: Sendable {
        var name: String
        var kind: Kind
        var isRequired = false
        var mayBeNull = false
    }

    /// What it is called in a sentence.
    package var name: String
    var members: [Member]
}

extension MessageShape {
    /// - Throws: the first thing that is wrong, with its path.
    package func check(_ json: JSONValue) throws(ProtocolProblem) {
        guard json.object != nil else { throw ProtocolProblem("\(name) is a JSON object, not \(json.kindInWords)") }
        try Self.check(json, members, path: "", of: name)
    }

    /// Members that the protocol does not know and that look like a slip of the pen.
    package func suspects(in json: JSONValue) -> [String] {
        let known = members.map(\.name)
        return (json.object?.names ?? []).filter { !known.contains($0) }.compactMap { name in
            Nearest.name(to: name, among: known).map {
                "`\(name)` is not of the protocol and is ignored: is it `\($0)`?"
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
            ProtocolProblem("`\(path)` of \(owner) is \(wanted), not \(value.kindInWords)")
        }
        switch kind {
        case .anything: break
        case .text: if value.string == nil { throw refuse("a string") }
        case .flag: if value.bool == nil { throw refuse("true or false") }
        case .whole: if (value.int ?? -1) < 0 { throw refuse("a whole number from 0") }
        case .number: if value.number == nil { throw refuse("a number") }
        case .choice(let choices):
            guard let text = value.string else { throw refuse("one of \(choices.joined(separator: ", "))") }
            guard choices.contains(text) else {
                let near = Nearest.name(to: text, among: choices).map { ". Is it \($0)?" } ?? ""
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
