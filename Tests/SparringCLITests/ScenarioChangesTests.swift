import Testing

@testable import SparringCLI

@Suite("Changes between two versions of a scenario file")
struct ScenarioChangesTests {
    private static let old = """
        # A comment.
        schema: 1
        seed: 7
        rules:
          - when: { model: gpt-5.2 }
            steps:
              - text: one
          - steps:
              - text: two
        """

    @Test(
        "Changes are named by key, rule or step",
        arguments: [
            (old, old, []), (old, "# Another comment.\n\n" + old, []),
            (old, old.replacing("seed: 7", with: "seed: 8"), ["seed changed"]),
            (old, old.replacing("one", with: "three"), ["rule 1 changed"]),
            (old, old + "\n  - steps: [{ text: x }]", ["rule 3 added"]),
            (
                old, old + "\n  - steps: [{ text: x }]\n  - steps: [{ text: y }]\notherwise: auto",
                ["rules 3 to 4 added", "otherwise added"]
            ),
            (old + "\nchaos: {}", old, ["chaos removed"]),
            (
                old + "\n  - steps: [{ text: x }]", old.replacing("two", with: "2"),
                ["rule 2 changed", "rule 3 removed"]
            ),
            ("steps: [text: a]", "steps: [text: b]", ["steps changed"]),
            ("steps:\n- text: a\n- text: b", "steps:\n- text: a\n- text: c", ["step 2 changed"]),
        ])
    func named(old: String, new: String, changes: [String]) {
        #expect(ScenarioChanges.between(old, new) == changes)
    }
}
