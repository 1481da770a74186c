import SparringAPI
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Features of the engine for the scripts of conformance cases")
struct GradedScriptTests {
    @Test(
        "Scripted vectors are sent as numbers, or in base64 if the request asks for it",
        arguments: [
            (format: "", isBase64: false), (#","encoding_format":"float""#, false),
            (#","encoding_format":"base64""#, true),
        ])
    func vectors(row: (format: String, isBase64: Bool)) {
        let vectors = [ScriptedVector(index: 1, values: [2, 0.5]), ScriptedVector(index: 1, values: [3, 0.5])]
        let server = ObjectServer(Scenario(name: "s", rules: [Rule(steps: [Step(.embeddings(vectors))])]))
        let answer = server.send(
            "POST", "/embeddings", #"{"model":"text-embedding-3-small","input":["a"]\#(row.format)}"#)
        let data = answer.json["data"]?.array ?? []
        #expect(data.map { $0["index"]?.int } == [1, 1])
        let expected: [JSONValue] =
            row.isBase64 ? ["AAAAQAAAAD8=", "AABAQAAAAD8="] : [[2, 0.5], [3, 0.5]]
        #expect(data.compactMap { $0["embedding"]?.text() } == expected.map { $0.text() }, "\(answer.text)")
    }

    @Test("A step that scripts embeddings does not answer a chat completion")
    func otherCall() {
        let server = ObjectServer(Scenario(name: "s", rules: [Rule(steps: [Step(.embeddings([]))])]))
        let answer = server.send(
            "POST", "/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}]}"#)
        #expect(answer.status == 400)
        #expect(answer.text.contains("the step scripts embeddings"), "\(answer.text)")
    }

    private static func answer(_ lines: [String]) -> String {
        var raw = RawAnswer(status: 200, body: Array(#""{{custom_id.1}} {{custom_id.2}} {{custom_id.3}}""#.utf8))
        raw.batchPrompts = ["one", "two", "three"]
        let rule = Rule(
            condition: .field(.endpoint, .equals("batches.create")), steps: [Step(.raw(raw))], then: .last)
        let server = ObjectServer(Scenario(name: "s", rules: [rule], otherwise: .auto))
        if !lines.isEmpty {
            let form =
                "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n"
                + lines.joined(separator: "\n") + "\r\n--XX--"
            server.send("POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=XX"])
        }
        return server.send("POST", "/batches", "{}").json.string ?? "no text"
    }

    private static func line(_ id: String, _ text: String) -> String {
        let id = JSONValue.string(id).text()
        return #"{"custom_id":\#(id),"body":{"messages":[{"role":"user","content":"\#(text)"}]}}"#
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var lines: [String]
        var ids: String
    }

    @Test(
        "A raw answer of a batch has the ids of the uploaded lines",
        arguments: [
            Row(
                testDescription: "in their order", lines: [line("0", "one"), line("1", "two"), line("2", "three")],
                ids: "0 1 2"),
            Row(
                testDescription: "in another order", lines: [line("c", "three"), line("a", "one"), line("b", "two")],
                ids: "a b c"),
            Row(
                testDescription: "with longer prompts",
                lines: [line("z", "say three"), line("y", "say two"), line("x", "say one")], ids: "x y z"),
            Row(
                testDescription: "with prompts of its own", lines: [line("p", "a"), line("q", "b"), line("r", "c")],
                ids: "p q r"),
            Row(testDescription: "with a quote", lines: [line("\"", "one")], ids: "\" line-2 line-3"),
            Row(testDescription: "without a file", lines: [], ids: "line-1 line-2 line-3"),
        ])
    func customIDs(row: Row) { #expect(Self.answer(row.lines) == row.ids) }

    @Test("A call that the rules leave out gets the answer of a bare server and uses up no step")
    func leftOut() throws {
        var scenario = Scenario(name: "s", rules: [Rule(steps: [Step(.text(Template(literal: "hello")))])])
        scenario.isGraded = true
        scenario.unscripted = [.embeddings]
        let embeddings = #"{"model":"text-embedding-3-small","input":"x"}"#
        let moderations = #"{"input":"x"}"#
        let server = ObjectServer(scenario)
        for _ in 0..<2 {
            let vectors = server.send("POST", "/embeddings", embeddings)
            #expect(vectors.status == 200)
            #expect(vectors.json["data"]?.array?.count == 1, "\(vectors.text)")
        }
        let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}]}"#
        #expect(server.send("POST", "/chat/completions", chat).text.contains("hello"))
        // A call to which the rules apply is answered only by the steps.
        #expect(server.send("POST", "/moderations", moderations).status == 400)
        // A rule that names the endpoint answers the call.
        scenario.rules.insert(
            Rule(condition: .field(.endpoint, .equals("embeddings")), steps: [Step(.embeddings([]))]), at: 0)
        let named = ObjectServer(scenario).send("POST", "/embeddings", embeddings)
        #expect(named.json["data"]?.array?.isEmpty == true, "\(named.text)")
    }

    @Test("A graded client gets no advice for the author of a script", arguments: [true, false])
    func noAdvice(isGraded: Bool) {
        var scenario = Scenario(name: "s", rules: [Rule(steps: [Step(.text(Template(literal: "hello")))])])
        scenario.isGraded = isGraded
        let server = ObjectServer(scenario)
        let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}]}"#
        server.send("POST", "/chat/completions", chat)
        let usedUp = server.send("POST", "/chat/completions", chat).text
        #expect(usedUp.contains("then: last") == !isGraded, "\(usedUp)")
        #expect(usedUp.contains("after the last answer of the case") == isGraded, "\(usedUp)")
        server.engine.sessions.session(named: "default", now: server.now).restart()
        let other = server.send("POST", "/embeddings", #"{"model":"text-embedding-3-small","input":"x"}"#).text
        #expect(other.contains("the case has no answer for embeddings") == isGraded, "\(other)")
    }
}
