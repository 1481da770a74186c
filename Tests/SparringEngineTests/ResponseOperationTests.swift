import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Stored responses")
struct ResponseOperationTests {
    let server = ObjectServer()

    private func id(_ answer: ObjectServer.Answer) throws -> String { try #require(answer.json["id"]?.string) }

    @Test("A stored response is returned unchanged until it is deleted")
    func lifecycle() throws {
        let created = server.respond(#""input":"hi""#)
        let path = "/responses/\(try id(created))"
        #expect(server.send("GET", path).json == created.json)
        let deletion = server.send("DELETE", path).json
        #expect(deletion["deleted"] == true && deletion["object"] == "response")
        let gone = server.send("GET", path)
        #expect(gone.status == 404)
        #expect(gone.json["error"]?["message"]?.string == "Response with id '\(try id(created))' not found.")
        #expect(server.send("DELETE", path).status == 404)
    }

    @Test("A look-up of a response with store: false, or of another session, gets 404")
    func notStored() throws {
        let path = "/responses/\(try id(server.respond(#""input":"hi","store":false"#)))"
        #expect(server.send("GET", path).status == 404)
        let stored = "/responses/\(try id(server.respond(#""input":"hi""#)))"
        #expect(server.send("GET", stored, headers: ["x-sparring-session": "other"]).status == 404)
        #expect(server.send("GET", stored).status == 200)
    }

    @Test("The input items of a response are listed with stable ids")
    func inputItems() throws {
        let input =
            #""input":[{"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":"three"}]"#
        let path = "/responses/\(try id(server.respond(input)))/input_items"
        let list = server.send("GET", path).json
        #expect(list["data"]?.array?.compactMap { $0["content"]?[0]?["text"]?.string } == ["three", "two", "one"])
        #expect(list["data"]?[1]?["content"]?[0]?["type"] == "output_text")
        let first = try #require(list["first_id"]?.string)
        let page = server.send("GET", path + "?limit=1&after=\(first)").json
        #expect(page["data"]?[0] == list["data"]?[1])
        #expect(page["has_more"] == true)
        #expect(server.send("GET", path + "?limit=0").status == 400)
        #expect(server.send("GET", path + "?order=up").status == 400)
    }

    @Test("A response continues a previous one: its input counts, and results find their calls")
    func previous() throws {
        let calling = ObjectServer(
            Scenario(
                name: "s",
                rules: [
                    Rule(
                        condition: .field(.turn, .equals(1)),
                        steps: [
                            Step(
                                .tools(
                                    [ToolTemplate(name: Template("f"), arguments: TemplateValue(literal: [:]))],
                                    text: nil))
                        ])
                ], otherwise: .auto))
        let tools = #""tools":[{"type":"function","name":"f"}]"#
        let first = calling.respond(#""input":"call","# + tools)
        let call = try #require(first.json["output"]?[0]?["call_id"]?.string)
        let output = "{\"type\":\"function_call_output\",\"call_id\":\"\(call)\",\"output\":\"42\"}"
        let second = calling.respond("\"previous_response_id\":\"\(try id(first))\",\"input\":[\(output)],\(tools)")
        #expect(second.status == 200)
        #expect(second.json["previous_response_id"] == first.json["id"])
        #expect(second.json["output"]?[0]?["content"]?[0]?["text"]?.string?.contains("42") ?? false)
        let tokens = try #require(second.json["usage"]?["input_tokens"]?.int)
        #expect(tokens > first.json["usage"]?["input_tokens"]?.int ?? .max)
        let lonely = calling.respond("\"input\":[\(output)],\(tools)")
        #expect(lonely.json["error"]?["message"]?.string?.hasPrefix("No tool call found") ?? false)
    }

    @Test("An item reference resolves to an item of a stored response")
    func references() throws {
        let item = try #require(server.respond(#""input":"hi""#).json["output"]?[0]?["id"]?.string)
        let reference = "{\"type\":\"item_reference\",\"id\":\"\(item)\"}"
        let question = #"{"role":"user","content":"and?"}"#
        #expect(server.respond("\"input\":[\(reference),\(question)]").status == 200)
        #expect(server.respond("\"input\":[{\"type\":\"item_reference\",\"id\":\"msg_0\"},\(question)]").status == 404)
    }

    @Test("input_tokens counts the tokens of a response without creating it")
    func inputTokens() throws {
        let made = server.respond(#""input":"How many?","instructions":"Be brief.""#).json["usage"]?["input_tokens"]
        let body = #"{"model":"gpt-4o-mini","input":"How many?","instructions":"Be brief."}"#
        let counted = server.send("POST", "/responses/input_tokens", body).json
        #expect(counted["object"] == "response.input_tokens")
        #expect(counted["input_tokens"] == made)
        let unknown = server.send("POST", "/responses/input_tokens", #"{"model":"gpt-4o-mini","inputs":"x"}"#)
        #expect(unknown.json["error"]?["code"] == "unknown_parameter")
    }

    @Test("A compacted response has the user's messages and one opaque item")
    func compaction() throws {
        let first = try id(server.respond(#""input":"one""#))
        let body = "{\"model\":\"gpt-4o-mini\",\"input\":\"two\",\"previous_response_id\":\"\(first)\"}"
        let compacted = server.send("POST", "/responses/compact", body).json
        #expect(compacted["object"] == "response.compaction")
        let output = try #require(compacted["output"]?.array)
        #expect(output.map { $0["type"] } == ["message", "message", "compaction"])
        #expect(output[1]["content"]?[0]?["text"] == "two")
        let items = String(decoding: compacted["output"]?.serialized() ?? [], as: UTF8.self)
        #expect(server.respond("\"input\":\(items)").status == 200)
    }

    @Test("A session with examples invents responses, the same for the same id")
    func examples() {
        let wanted: HeaderFields = ["x-sparring-validation": "examples"]
        let one = server.send("GET", "/responses/resp_any", headers: wanted)
        #expect(one.status == 200)
        #expect(one.json["id"] == "resp_any")
        #expect(server.send("GET", "/responses/resp_any", headers: wanted).json["output"] == one.json["output"])
        #expect(server.send("POST", "/responses/resp_any/cancel", headers: wanted).json["status"] == "cancelled")
        #expect(server.send("DELETE", "/responses/resp_any", headers: wanted).status == 200)
        #expect(server.send("GET", "/responses/resp_any").status == 404)
    }
}
