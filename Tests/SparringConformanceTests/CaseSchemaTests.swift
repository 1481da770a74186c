import Foundation
import SparringJSON
import Testing

@testable import SparringConformance
@testable import SparringScenario

/// Editors use the schema, and the loader uses its own tables, so both must have the same keys. `make check` validates
/// every case file against the schema.
@Suite("The JSON schema of case files")
struct CaseSchemaTests {
    private static func schema() throws -> JSONValue {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try JSONValue.parse(Array(Data(contentsOf: root.appending(path: "scenarios/schema/case-v1.json"))))
    }

    private static func keys(_ schema: JSONValue?) -> Set<String> { Set(schema?["properties"]?.object?.names ?? []) }

    @Test("The case schema has the same keys as the loader")
    func keys() throws {
        let schema = try Self.schema()
        let definitions = schema["$defs"]
        #expect(Self.keys(schema) == Set(CaseParser.fileKeys))
        #expect(Self.keys(schema["properties"]?["defaults"]) == Set(CaseParser.defaultKeys))
        #expect(Self.keys(definitions?["case"]) == Set(CaseParser.caseKeys))
        #expect(Self.keys(definitions?["expect"]) == Set(ExpectationParser.keys))
        #expect(Self.keys(definitions?["expect"]?["properties"]?["wire"]) == Set(ExpectationParser.wireKeys))
    }

    @Test("The case schema has all levels, operations, parts and exits")
    func choices() throws {
        let definitions = try Self.schema()["$defs"]
        func names(_ schema: JSONValue?) -> Set<String> {
            Set(schema?["enum"]?.array?.map { $0.string ?? $0.text() } ?? [])
        }
        #expect(names(definitions?["needs"]?["items"]) == Set(Capability.allCases.map(\.rawValue)))
        #expect(names(definitions?["level"]) == Set(Level.allCases.map(\.rawValue)))
        #expect(
            names(definitions?["task"]?["properties"]?["op"]) == Set(CaseTask.Operation.allCases.map(\.rawValue)))
        #expect(names(definitions?["parts"]?["items"]) == Set(Expectation.Part.allCases.map(\.rawValue)))
        #expect(
            names(definitions?["expect"]?["properties"]?["exit"]) == Set(Expectation.Exit.allCases.map(\.rawValue)))
    }
}
