import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Schemas of functions and answers")
struct StrictSchemaTests {
    private static func complaint(_ schema: String, isStrict: Bool = true) throws -> String? {
        StrictSchema.complaint(try JSONValue.parse(schema), isStrict: isStrict)
    }

    /// A closed and complete object with one property that has this schema.
    private static func closed(_ property: String) -> String {
        #"{"type":"object","properties":{"x":\#(property)},"required":["x"],"additionalProperties":false}"#
    }

    @Test(
        "A strict schema is accepted when it is closed, complete and within the subset",
        arguments: [
            closed(#"{"type":"string","enum":["a"],"description":"d"}"#), closed(#"{"type":["string","null"]}"#),
            closed(#"{"type":"array","items":{"type":"string","format":"date-time"},"minItems":1}"#),
            closed(##"{"anyOf":[{"type":"string"},{"$ref":"#/properties/x"}]}"##), closed(##"{"$ref":"#"}"##),
            closed(closed(#"{"type":"integer","minimum":1,"multipleOf":2}"#)),
            #"{"type":"object","properties":{},"required":[],"additionalProperties":false}"#,
        ])
    func accepted(schema: String) throws {
        let complaint = try Self.complaint(schema)
        #expect(complaint == nil)
    }

    @Test(
        "An invalid strict schema is rejected with the place of the error in Python's notation",
        arguments: [
            ("{}", "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
            (#"{"type":"array"}"#, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'."),
            (
                #"{"type":"object","properties":{}}"#,
                "In context=(), 'additionalProperties' is required to be supplied and to be false."
            ),
            (
                #"{"type":"object","properties":{"x":{"type":"string"}},"additionalProperties":false}"#,
                "In context=(), 'required' is required to be supplied and to be an array including every key in properties. "
                    + "Missing 'x'."
            ),
            (
                #"{"type":"object","properties":{},"required":["y"],"additionalProperties":false}"#,
                "In context=(), 'required' is required to be supplied and to be an array including every key in properties. "
                    + "Extra required key 'y' supplied."
            ),
            (
                closed(##"{"$ref":"#/$defs/A"}"##),
                "In context=('properties', 'x'), reference to component '#/$defs/A' which was not found in the schema."
            ),
            (closed("{}"), "In context=('properties', 'x'), schema must have a 'type' key."),
            (closed(#"{"oneOf":[]}"#), "In context=('properties', 'x'), 'oneOf' is not permitted."),
            (closed(#"{"type":"array"}"#), "In context=('properties', 'x'), array schema missing items."),
            (
                closed(#"{"type":"string","format":"phone"}"#),
                "In context=('properties', 'x'), 'phone' is not a valid format."
            ),
            (
                closed(#"{"type":"array","items":{"type":"object"}}"#),
                "In context=('properties', 'x', 'items'), 'additionalProperties' is required to be supplied and to be false."
            ),
            (
                closed(#"{"anyOf":[{}]}"#),
                "In context=('properties', 'x', 'anyOf', '0'), schema must have a 'type' key."
            ),
        ])
    func refused(schema: String, words: String) throws {
        let complaint = try Self.complaint(schema)
        #expect(complaint == words)
    }

    @Test("The schema of a response's tool need not be strict by default")
    func lenient() throws {
        let tool = #"{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}"#
        #expect(throws: Never.self) {
            try ResponsesFixture.check("{\"model\":\"gpt-4o-mini\",\"input\":\"hi\",\"tools\":[\(tool)]}")
        }
    }

    @Test("A schema that is not strict is checked only for a few errors")
    func lax() throws {
        let accepted = try Self.complaint(#"{"type":"object","properties":{"x":{"default":1}}}"#, isStrict: false)
        #expect(accepted == nil)
        let refused = try Self.complaint(
            #"{"type":"object","properties":{"x":{"oneOf":[{"type":"array"}]}}}"#, isStrict: false)
        #expect(refused == "In context=('properties', 'x', 'oneOf', '0'), array schema missing items.")
    }

    @Test(
        "An invalid schema is rejected with the name of its function or format",
        arguments: [
            (
                #""response_format":{"type":"json_schema","json_schema":{"name":"out","strict":true,"schema":{"type":"object"}}}"#,
                "Invalid schema for response_format 'out': In context=()", "response_format", nil
            ),
            (
                #""tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}]"#,
                "Invalid schema for function 'f': In context=()", "tools[0].function.parameters",
                "invalid_function_parameters"
            ),
            (
                #""functions":[{"name":"f","parameters":{"properties":{}}}]"#,
                "Invalid schema for function 'f': schema must be a JSON Schema", "functions[0].parameters",
                "invalid_function_parameters"
            ),
        ] as [(String, String, String, String?)])
    func places(members: String, message: String, param: String, code: String?) {
        let error = ChatBody(members).complaint()
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        #expect(error?.param == param)
        #expect(error?.code == code)
    }

    @Test(
        "An unsatisfiable schema, or an unsupported grammar, is reported as an obstacle",
        arguments: [
            (
                #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"string","minLength":3,"maxLength":2}}}"#,
                "no document satisfies"
            ),
            (
                #""tools":[{"type":"custom","custom":{"name":"run","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}}],"tool_choice":"required""#,
                "lark grammar of the tool 'run'"
            ),
            (
                #""tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":false},"required":["x"]}}}],"tool_choice":"required""#,
                "no arguments satisfy"
            ),
        ])
    func obstacles(members: String, words: String) throws {
        let obstacle = try ChatBody(members).check().obstacle
        #expect(obstacle?.contains(words) == true, "\(obstacle ?? "none")")
    }

    @Test("Generated text for a custom tool matches the tool's regular expression")
    func grammar() throws {
        let body = ChatBody(
            #""tools":[{"type":"custom","custom":{"name":"run","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"^[A-Z]{3}$"}}}}],"tool_choice":"required""#
        )
        let call = try body.check()
        #expect(call.obstacle == nil)
        #expect(call.content == .toolCalls([ToolCall(name: "run", arguments: #""AAA""#)], text: nil))
    }
}
