import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Conversations")
struct ConversationOperationTests {
    let server = ObjectServer()

    private func make(_ body: String = "") throws -> String {
        "/conversations/\(try #require(server.send("POST", "/conversations", body).json["id"]?.string))"
    }

    private func texts(_ path: String) -> [String] {
        server.send("GET", path + "/items?order=asc").json["data"]?.array?
            .compactMap { $0["content"]?[0]?["text"]?.string } ?? []
    }

    @Test("A conversation is created, changed, and deleted once")
    func lifecycle() throws {
        let path = try make(#"{"metadata":{"topic":"demo"}}"#)
        #expect(server.send("GET", path).json["metadata"]?["topic"] == "demo")
        #expect(server.send("POST", path, #"{"metadata":{"topic":"new"}}"#).json["metadata"]?["topic"] == "new")
        #expect(server.send("GET", path).json["metadata"]?["topic"] == "new")
        #expect(server.send("DELETE", path).json["object"] == "conversation.deleted")
        let again = server.send("DELETE", path)
        #expect(again.status == 404)
        #expect(again.json["error"]?["param"] == .some(.null))
        #expect(again.json["error"]?["message"]?.string?.hasSuffix("not found.") ?? false)
    }

    @Test("Items of a conversation can be added, listed, read and deleted")
    func items() throws {
        let path = try make(#"{"items":[{"role":"user","content":"one"}]}"#)
        let added = server.send("POST", path + "/items", #"{"items":[{"role":"assistant","content":"two"}]}"#).json
        let id = try #require(added["data"]?[0]?["id"]?.string)
        #expect(added["first_id"]?.string == id && added["has_more"] == false)
        #expect(texts(path) == ["one", "two"])
        #expect(server.send("GET", path + "/items").json["data"]?[0]?["id"]?.string == id, "newest item first")
        #expect(server.send("GET", path + "/items/\(id)").json["role"] == "assistant")
        #expect(server.send("DELETE", path + "/items/\(id)").json["object"] == "conversation")
        #expect(texts(path) == ["one"])
        #expect(server.send("GET", path + "/items/\(id)").status == 404)
        #expect(server.send("DELETE", path + "/items/\(id)").status == 404)
    }

    @Test("A response continues and extends its conversation, whether it is stored or not", arguments: [true, false])
    func responses(isStored: Bool) throws {
        let path = try make(#"{"items":[{"role":"user","content":"My name is Ada."}]}"#)
        let id = try #require(path.split(separator: "/").last)
        let answer = server.respond("\"input\":\"Who am I?\",\"conversation\":\"\(id)\",\"store\":\(isStored)").json
        #expect(answer["conversation"]?["id"]?.string == String(id))
        #expect(texts(path).count == 3)
        #expect(texts(path).prefix(2) == ["My name is Ada.", "Who am I?"])
        #expect(answer["usage"]?["input_tokens"]?.int ?? 0 > 12)
        #expect(server.respond("\"input\":\"x\",\"conversation\":{\"id\":\"\(id)\"}").status == 200)
    }

    @Test(
        "An invalid conversation is rejected with code and parameter",
        arguments: [
            (#"{"items":[7]}"#, "invalid_type", "items[0]"),
            (#"{"items":[{"role":"user"}]}"#, "missing_required_parameter", "items[0].content"),
            (#"{"items":"x"}"#, "invalid_type", "items"),
            (#"{"metadata":7}"#, "invalid_type", "metadata"),
            (#"{"name":"x"}"#, "unknown_parameter", "name"),
            (
                "{\"items\":[\(Array(repeating: #"{"role":"user","content":"x"}"#, count: 21).joined(separator: ","))]}",
                "array_above_max_length", "items"
            ),
        ])
    func refused(body: String, code: String, param: String) {
        let answer = server.send("POST", "/conversations", body)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["code"]?.string == code)
        #expect(answer.json["error"]?["param"]?.string == param)
    }

    @Test("An update of a conversation needs metadata, and an addition needs items")
    func missing() throws {
        let path = try make()
        #expect(server.send("POST", path, "{}").json["error"]?["param"] == "metadata")
        #expect(server.send("POST", path + "/items", "{}").json["error"]?["param"] == "items")
        let include = server.send("GET", path + "/items?include[]=x").json["error"]
        #expect(include?["param"] == "include[0]")
    }

    @Test("A session with examples invents conversations and items")
    func examples() {
        let wanted: HeaderFields = ["x-sparring-validation": "examples"]
        #expect(server.send("GET", "/conversations/conv_1", headers: wanted).json["id"] == "conv_1")
        #expect(server.send("GET", "/conversations/conv_1/items/msg_1", headers: wanted).json["id"] == "msg_1")
        #expect(server.send("DELETE", "/conversations/conv_1", headers: wanted).status == 200)
    }
}
