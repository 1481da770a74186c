import SparringJSON
import Testing

@testable import SparringScenario

@Suite("Bundled schemas")
struct BundledSchemaTests {
    @Test("Each bundled schema has an id and refers only to places in itself", arguments: BundledSchema.names)
    func references(name: String) throws {
        let schema = JSONValue.object(try #require(BundledSchema.named(name)))
        #expect(schema["$id"] == .string("urn:sparring:schema:\(name)-v1"))
        let references = Self.references(in: schema)
        #expect(name == "fault" || name == "set" || !references.isEmpty)
        for reference in references {
            let path = reference.split(separator: "/", omittingEmptySubsequences: false)
            #expect(path.first == "#", "\(reference)")
            let target = path.dropFirst().reduce(Optional(schema)) { $0?[String($1)] }
            #expect(target != nil, "\(reference)")
        }
    }

    @Test("A name without a schema gets no schema")
    func unknown() {
        #expect(BundledSchema.named("scenarios") == nil)
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let object):
            object.members.flatMap { member -> [String] in
                if member.name == "$ref", let text = member.value.string { return [text] }
                return references(in: member.value)
            }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }
}
