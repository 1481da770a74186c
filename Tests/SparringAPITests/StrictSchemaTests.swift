import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Strict schemas")
struct StrictSchemaTests {
    @Test(
        "keep the rules, or the first offence is named with its place",
        arguments: [
            (#"{"type":"object","properties":{},"required":[],"additionalProperties":false}"#, nil),
            (
                #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#,
                nil
            ),
            (#"{"properties":{}}"#, "schema must have a 'type' key."),
            (
                #"{"type":"object","properties":{}}"#,
                "In context=(), 'additionalProperties' is required to be supplied and to be false."
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"object"}},"required":["a"],"additionalProperties":false}"#,
                "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false."
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
                "In context=(), 'required' is required to be supplied and to be an array including every key in "
                    + "properties. Missing 'a'."
            ),
            (
                ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"required":["a"],"additionalProperties":false}"##,
                "In context=('properties', 'a'), reference to component '#/$defs/A' which was not found in the schema."
            ),
            (
                #"{"type":"array","items":{"type":"object"}}"#,
                "In context=('items',), 'additionalProperties' is required to be supplied and to be false."
            ),
        ] as [(String, String?)])
    func complaint(schema: String, expected: String?) throws {
        let value = try JSONValue.parse(schema)
        #expect(StrictSchema(value).complaint() == expected)
    }

    @Test("are not asked for where nobody says strict")
    func lenient() throws {
        let tool = #"{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}"#
        #expect(throws: Never.self) {
            try ResponsesFixture.check("{\"model\":\"gpt-4o-mini\",\"input\":\"hi\",\"tools\":[\(tool)]}")
        }
    }
}
