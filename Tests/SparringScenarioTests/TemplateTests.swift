import SparringJSON
import Testing

@testable import SparringScenario

@Suite("Templates")
struct TemplateTests {
    private static let values = TemplateValues(
        captures: ["city": "Oslo"], request: ["model": "gpt-4o", "n": 2, "messages": [["content": "hi"]]],
        lastUser: "Weather in Oslo?", session: "7f3a", attempt: 3)

    @Test(
        "A template fills its placeholders and leaves incomplete ones unchanged",
        arguments: [
            ("", ""), ("plain text", "plain text"), ("{{city}}", "Oslo"), ("In {{ city }}.", "In Oslo."),
            ("{{city}}{{city}}", "OsloOslo"), ("{{session}}#{{attempt}}", "7f3a#3"),
            ("{{last.user}}", "Weather in Oslo?"),
            ("{{request.model}}/{{request.n}}", "gpt-4o/2"), ("{{request.messages[0].content}}", "hi"),
            ("{{request.none}}", "null"), ("{{open", "{{open"), ("}}{{", "}}{{"), ("a {b} c", "a {b} c"),
            ("é{{city}}é", "éOsloé"), (#"{{"{{"}}city}}"#, "{{city}}"), ("{{ '{{' }} city }}", "{{ city }}"),
            (#"{{"{{"}}{{city}}}}"#, "{{Oslo}}"), (#"{{" a "}}"#, " a "), (#"{{""}}"#, ""),
        ])
    func render(template: String, text: String) {
        #expect(Template(template).render(Self.values) == text)
    }

    @Test("A quoted placeholder is no name", arguments: [#"{{"{{"}}user}}"#, "{{ 'x' }}"])
    func quoted(text: String) { #expect(Template(text).names.isEmpty) }

    @Test("Literal text of a template keeps its braces")
    func literal() {
        #expect(Template(literal: "{{city}}").render(Self.values) == "{{city}}")
        #expect(Template(literal: "{{city}}").names.isEmpty)
    }

    @Test("In JSON, a string that is a single placeholder becomes the value with its type")
    func json() {
        let value = TemplateValue([
            "n": "{{request.n}}", "text": "n={{request.n}}", "list": ["{{city}}", true], "none": "{{request.none}}",
        ])
        #expect(value.render(Self.values) == ["n": 2, "text": "n=2", "list": ["Oslo", true], "none": nil])
        #expect(value.names == ["request.n", "request.n", "city", "request.none"])
    }

    @Test(
        "A template recognizes the known names",
        arguments: [
            ("session", true), ("attempt", true), ("last.user", true), ("request.a.b[0]", true), ("sesion", false),
            ("request.", false), ("request.a[", false),
        ])
    func names(name: String, isKnown: Bool) {
        #expect(TemplateValues.isKnown(name) == isKnown)
    }
}
