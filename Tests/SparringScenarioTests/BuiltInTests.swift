import Foundation
import SparringAPI
import SparringJSON
import Testing

@testable import SparringScenario

@Suite("Built-in files")
struct BuiltInTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("Every built-in scenario loads and has a summary", arguments: BuiltIn.names)
    func loads(name: String) throws {
        let errors = ScenarioLoader.Errors(names: ErrorCatalogue.names) { ErrorCatalogue.inBand(named: $0) }
        let text = try #require(BuiltIn.text(of: name))
        let scenario = try ScenarioLoader.load(text: text, file: name, errors: errors).get()
        #expect(scenario.name == name)
        #expect(BuiltIn.summary(of: name)?.isEmpty == false)
    }

    @Test("Every embedded scenario equals its file", arguments: BuiltIn.names)
    func fresh(name: String) throws {
        let file = Self.root.appending(
            path: name.hasPrefix("chaos/") ? "scenarios/\(name).yaml" : "scenarios/examples/\(name).yaml")
        #expect(try String(contentsOf: file, encoding: .utf8) == BuiltIn.text(of: name))
    }

    @Test("The scenario schema has the same keys as the loader")
    func schema() throws {
        let data = try Data(contentsOf: Self.root.appending(path: "scenarios/schema/scenario-v1.json"))
        let schema = try JSONValue.parse(Array(data))
        func keys(_ definition: String?) -> Set<String> {
            let object = definition.map { schema["$defs"]?[$0] } ?? schema
            return Set(object?["properties"]?.object?.names ?? [])
        }
        #expect(keys(nil) == Set(ScenarioParser.keys))
        #expect(keys("limits") == Set(AccountsParser.limitKeys))
        #expect(keys("modelLimits") == Set(AccountsParser.modelLimitKeys))
        #expect(keys("key") == Set(AccountsParser.keyKeys))
        #expect(keys("project") == Set(AccountsParser.projectKeys))
        let accounts = schema["properties"]?["accounts"]?["properties"]?.object?.names
        #expect(Set(accounts ?? []) == Set(AccountsParser.accountKeys))
        #expect(keys("rule") == Set(ScenarioParser.ruleKeys))
        #expect(keys("step") == Set(StepParser.keys))
        #expect(keys("raw") == Set(StepParser.rawKeys))
        #expect(keys("errorObject") == Set(StepParser.errorObjectKeys))
        #expect(keys("stream") == Set(StepParser.streamKeys))
        #expect(keys("allStreams") == Set(ScenarioParser.streamKeys))
        #expect(keys("distribution") == Set(PaceParser.timeKeys))
        #expect(keys("chaos") == Set(ChaosParser.keys))
        #expect(keys("window") == Set(ChaosParser.windowKeys))
        #expect(keys("strike") == Set(ChaosParser.strikeKeys))
        #expect(keys("planned") == Set(ChaosParser.plannedKeys))
        #expect(keys("background") == Set(StepParser.backgroundKeys))
        #expect(keys("ends") == Set(StepParser.endsKeys))
        let items = schema["$defs"]?["item"]?["allOf"]?.array ?? []
        #expect(items.count == ItemGrammar.all.count)
        for (item, grammar) in zip(items, ItemGrammar.all) {
            #expect(item["if"]?["properties"]?["type"]?["const"]?.string == grammar.type)
            #expect(item["then"]?["properties"]?.object?.names == grammar.members)
            #expect(item["then"]?["required"]?.array?.compactMap(\.string) ?? [] == grammar.required)
        }
        #expect(Set(FaultSchema.json["oneOf"]?[1]?["properties"]?.object?.names ?? []) == Set(FaultParser.keys))
        #expect(keys("match") == Set(ConditionParser.matchKeys))
    }
}
