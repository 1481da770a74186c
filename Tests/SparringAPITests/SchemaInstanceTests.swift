import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Examples of JSON schemas")
struct SchemaInstanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var schema: String
        var instance: String

        init(_ schema: String, _ instance: String) {
            self.schema = schema
            self.instance = instance
        }

        var testDescription: String { schema }
    }

    static let cases: [Case] = [
        Case(#"{"type":"string"}"#, #""text""#),
        Case(#"{"type":["string","null"]}"#, #""text""#),
        Case(#"{"type":"boolean"}"#, "false"),
        // No other number is allowed for the second element.
        Case(
            #"{"type":"array","minItems":2,"uniqueItems":true,"items":{"type":"integer","minimum":\#(Int.max)}}"#,
            "null"),
        Case(#"{"type":"null"}"#, "null"),
        Case("{}", #""text""#),
        Case("true", #""text""#),
        Case("false", "null"),
        Case(#"{"enum":["b","a"]}"#, #""b""#),
        Case(#"{"enum":["b","a"],"default":"a"}"#, #""a""#),
        Case(#"{"const":7}"#, "7"),
        Case(#"{"type":"string","default":"d"}"#, #""d""#),
        // Strings
        Case(#"{"type":"string","minLength":6}"#, #""textxx""#),
        Case(#"{"type":"string","maxLength":2}"#, #""te""#),
        Case(#"{"type":"string","minLength":3,"maxLength":2}"#, "null"),
        Case(#"{"type":"string","format":"uuid"}"#, #""00000000-0000-4000-8000-000000000000""#),
        Case(#"{"type":"string","format":"date-time"}"#, #""2025-01-01T00:00:00Z""#),
        Case(#"{"type":"string","format":"email"}"#, #""user@example.com""#),
        Case(#"{"type":"string","pattern":"^[A-Z]{3}-\\d{2,4}$"}"#, #""AAA-00""#),
        Case(#"{"type":"string","pattern":"^(?:red|green)?[^a-z]+\\.$"}"#, #""A.""#),
        Case(#"{"type":"string","pattern":"^a+$","minLength":4}"#, #""aaaa""#),
        Case(#"{"type":"string","pattern":"^@[a-zA-Z0-9_]+$"}"#, #""@a""#),
        Case(#"{"type":"string","pattern":"(?=look)ahead"}"#, #""text""#),
        // Numbers
        Case(#"{"type":"integer"}"#, "0"),
        Case(#"{"type":"integer","minimum":3}"#, "3"),
        Case(#"{"type":"integer","exclusiveMinimum":3}"#, "4"),
        Case(#"{"type":"integer","minimum":3,"exclusiveMinimum":true}"#, "4"),
        Case(#"{"type":"integer","maximum":-2}"#, "-2"),
        Case(#"{"type":"integer","exclusiveMaximum":-2}"#, "-3"),
        Case(#"{"type":"integer","minimum":5,"multipleOf":4}"#, "8"),
        Case(#"{"type":"integer","minimum":5,"maximum":6,"multipleOf":4}"#, "null"),
        Case(#"{"type":"number","minimum":0.25,"maximum":0.75}"#, "0.5"),
        Case(#"{"type":"number","minimum":2}"#, "2"),
        // Arrays
        Case(#"{"type":"array","items":{"type":"integer"}}"#, "[]"),
        Case(#"{"type":"array","items":{"type":"integer"},"minItems":2}"#, "[0,0]"),
        Case(#"{"type":"array","items":{"type":"integer"},"minItems":3,"uniqueItems":true}"#, "[0,1,2]"),
        Case(#"{"type":"array","items":{"enum":["a","b"]},"minItems":2,"uniqueItems":true}"#, #"["a","b"]"#),
        Case(#"{"type":"array","prefixItems":[{"type":"null"},{"type":"integer"}]}"#, "[null,0]"),
        // Objects
        Case(#"{"type":"object"}"#, "{}"),
        Case(
            #"{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"}},"required":["a","b"]}"#,
            #"{"b":"text","a":0}"#
        ),
        Case(#"{"type":"object","properties":{"a":{"type":"integer"},"b":{}},"required":["a"]}"#, #"{"a":0}"#),
        Case(
            #"{"properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["a"],"additionalProperties":false}"#,
            #"{"a":0,"b":null}"#
        ),
        Case(#"{"required":["x"]}"#, #"{"x":"text"}"#),
        // Alternatives and references
        Case(#"{"anyOf":[false,{"type":"integer"},{"type":"null"}]}"#, "0"),
        Case(#"{"anyOf":[{"type":"string","minLength":2,"maxLength":1},{"type":"null"}]}"#, "null"),
        Case(##"{"type":"object","required":["a"],"oneOf":[{"properties":{"a":{"const":1}}}]}"##, ##"{"a":1}"##),
        Case(
            ##"{"allOf":[{"$ref":"#/$defs/a"},{"properties":{"b":{"const":2}},"required":["b"]}],"##
                + ##""$defs":{"a":{"properties":{"a":{"const":1}},"required":["a"]}}}"##,
            ##"{"a":1,"b":2}"##
        ),
        Case(##"{"$ref":"#/$defs/x~1y","$defs":{"x/y":{"type":"integer"}}}"##, "0"),
        Case(##"{"$ref":"#/$defs/missing"}"##, "null"),
        Case(##"{"$ref":"#"}"##, "null"),
        // Recursive schemas: a list, a tree, and a pair
        Case(
            ##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"v":{"type":"integer"},"##
                + ##""next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"]}}}"##,
            ##"{"v":0,"next":null}"##
        ),
        Case(
            ##"{"properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},"##
                + ##""required":["name","children"],"additionalProperties":false}"##,
            ##"{"name":"text","children":[]}"##
        ),
        Case(
            ##"{"$ref":"#/$defs/a","$defs":{"a":{"properties":{"b":{"$ref":"#/$defs/b"}},"required":["b"]},"##
                + ##""b":{"properties":{"a":{"$ref":"#/$defs/a"}},"additionalProperties":false}}}"##,
            ##"{"b":{}}"##
        ),
    ]

    @Test("The example of a schema is a small instance that the schema allows", arguments: cases)
    func example(test: Case) throws {
        #expect(SchemaInstance.example(of: try JSONValue.parse(test.schema)).text() == test.instance)
    }

    @Test("A schema whose definitions double at each level has no example")
    func explosion() throws {
        let levels = (0..<40).map { level in
            ##""d\##(level)":{"properties":{"x":{"$ref":"#/$defs/d\##(level + 1)"},"y":{"$ref":"#/$defs/d\##(level + 1)"}},"##
                + #""required":["x","y"]}"#
        }
        let schema = ##"{"$ref":"#/$defs/d0","$defs":{\##(levels.joined(separator: ",")),"d40":{"type":"null"}}}"##
        #expect(SchemaInstance.example(of: try JSONValue.parse(schema)) == .null)
    }
}
