package import SparringJSON

/// The JSON Schemas of Sparring's files. Each schema is one document that needs no other file.
///
/// Source: https://json-schema.org/draft/2020-12/json-schema-core
package enum BundledSchema {
    /// The kinds of files that schemas describe, by the name on the command line.
    package static let names = ["scenario", "case", "driver", "fault", "set", "gateway"]

    /// - Parameter name: one of `names`.
    /// - Returns: the schema with a `$id` of its own; the other schemas to which it refers are under `$defs`. Nil for an unknown name.
    package static func named(_ name: String) -> JSONObject? {
        guard let root = source(of: "\(name)-v1.json") else { return nil }
        var bundle = Bundle(root: "\(name)-v1.json")
        var schema = bundle.rewritten(root, of: nil)
        while let file = bundle.wanted.first(where: { bundle.definitions[key(of: $0)] == nil }) {
            guard let other = source(of: file) else { return nil }
            bundle.definitions[key(of: file)] = .object(bundle.rewritten(other, of: file))
        }
        schema["$id"] = .string("urn:sparring:schema:\(name)-v1")
        guard !bundle.definitions.members.isEmpty else { return schema }
        var definitions = schema["$defs"]?.object ?? JSONObject()
        definitions.members += bundle.definitions.members
        schema["$defs"] = .object(definitions)
        return schema
    }

    /// - Parameter file: a name below `scenarios/schema/`.
    private static func source(of file: String) -> JSONObject? {
        if file == "fault-v1.json" { return FaultSchema.json.object }
        guard let text = EmbeddedSchemas.schemas.first(where: { "\($0.name).json" == file })?.text else { return nil }
        return (try? JSONValue.parse(text))?.object
    }

    /// `fault-v1.json` is `fault-v1` under `$defs`.
    private static func key(of file: String) -> String { String(file.prefix { $0 != "." }) }

    private struct Bundle {
        /// The file of the root schema. References to the root schema from other files stay inside the bundle.
        let root: String
        /// The files that references name.
        var wanted: [String] = []
        var definitions = JSONObject()

        /// Rewrites the references of the schema so that they stay inside the bundle.
        /// - Parameter file: the file of the schema; nil for the root schema.
        mutating func rewritten(_ schema: JSONObject, of file: String?) -> JSONObject {
            var result = JSONObject()
            for member in schema.members where file == nil || !["$schema", "$id"].contains(member.name) {
                let isReference = member.name == "$ref"
                result.members.append(
                    JSONObject.Member(
                        member.name,
                        isReference ? reference(member.value, in: file) : rewritten(member.value, of: file)))
            }
            return result
        }

        private mutating func rewritten(_ value: JSONValue, of file: String?) -> JSONValue {
            switch value {
            case .object(let object): return .object(rewritten(object, of: file))
            case .array(let items):
                var result: [JSONValue] = []
                for item in items { result.append(rewritten(item, of: file)) }
                return .array(result)
            case .null, .bool, .number, .string: return value
            }
        }

        /// `fault-v1.json#/$defs/fault` becomes `#/$defs/fault-v1/$defs/fault`.
        private mutating func reference(_ value: JSONValue, in file: String?) -> JSONValue {
            guard let text = value.string else { return value }
            let target = text.prefix { $0 != "#" }
            let pointer = text.dropFirst(target.count).dropFirst()
            let place = target.isEmpty ? file : String(target)
            guard let place else { return value }
            if place == root { return .string("#\(pointer)") }
            if !wanted.contains(place) { wanted.append(place) }
            return .string("#/$defs/\(key(of: place))\(pointer)")
        }
    }
}
