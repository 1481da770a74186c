import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Stored chat completions")
struct CompletionOperationTests {
    /// One engine and its requests.
    private struct Client {
        let engine = Engine(scenario: .auto, wallClock: { 1_795_232_605 })

        func ask(
            _ method: String, _ path: String, _ body: String = "", validation: Validation = .strict
        ) throws -> (status: Int, body: JSONValue) {
            let headers: HeaderFields = ["authorization": "Bearer x", "x-sparring-validation": validation.rawValue]
            let request = Request(
                method: method, target: "/v1/chat/completions\(path)", headers: headers, body: Array(body.utf8))
            let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
            engine.ended(performance, timeline: Timeline())
            let text = String(decoding: performance.script.bytes, as: UTF8.self)
            let end = try #require(text.firstRange(of: "\r\n\r\n")).upperBound
            let document = try? JSONValue.parse(Array(text[end...].utf8))
            return (performance.exchange.decision.status, document ?? .string(String(text[end...])))
        }

        @discardableResult
        func create(_ members: String = #""store":true"#, saying text: String = "hi") throws -> JSONValue {
            try ask(
                "POST", "", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}],\#(members)}"#
            )
            .body
        }

        func ids(_ query: String = "") throws -> [String] {
            try ask("GET", query).body["data"]?.array?.compactMap { $0["id"]?.string } ?? []
        }
    }

    @Test("Chat completions with store are listed, oldest first")
    func stored() throws {
        let client = Client()
        let first = try client.create()["id"]?.string
        try client.create(#""store":false"#)
        try client.create(#""n":1"#)
        let last = try client.create()["id"]?.string
        let ids = try client.ids()
        #expect(ids == [first, last])
        let reversed = try client.ids("?order=desc&limit=1")
        #expect(reversed == [last])
    }

    @Test("A stored completion has the answer and the request, whole or streamed", arguments: ["false", "true"])
    func contents(isStream: String) throws {
        let client = Client()
        let members = #""store":true,"stream":\#(isStream),"temperature":0.5,"user":"u","metadata":{"run":"7"}"#
        try client.create(members)
        let id = try #require(try client.ids().first)
        let completion = try client.ask("GET", "/\(id)").body
        #expect(completion["object"] == "chat.completion")
        #expect(completion["model"] == "gpt-4o-mini-2024-07-18")
        #expect(completion["choices"]?[0]?["message"]?["content"]?.string?.contains("You said: hi") == true)
        #expect(completion["choices"]?[0]?["finish_reason"] == "stop")
        #expect(completion["temperature"]?.double == 0.5)
        #expect(completion["input_user"] == "u")
        #expect(completion["metadata"] == ["run": "7"])
        #expect(completion["request_id"]?.string?.hasPrefix("req_") == true)
        #expect(completion["usage"]?["prompt_tokens"]?.int ?? 0 > 0)
    }

    @Test(
        "Stored completions are filtered by model, alias and metadata",
        arguments: [
            ("?model=gpt-4o-mini", 2), ("?model=gpt-4o-mini-2024-07-18", 2), ("?model=gpt-4o", 0),
            ("?metadata[run]=7", 1), ("?metadata%5Brun%5D=8", 1), ("?metadata[run]=7&metadata[who]=b", 0),
        ])
    func filters(query: String, count: Int) throws {
        let client = Client()
        try client.create(#""store":true,"metadata":{"run":"7","who":"a"}"#)
        try client.create(#""store":true,"metadata":{"run":"8"}"#)
        let ids = try client.ids(query)
        #expect(ids.count == count)
    }

    @Test("Stored completions are listed page by page")
    func pages() throws {
        let client = Client()
        for _ in 0..<3 { try client.create() }
        let first = try client.ask("GET", "?limit=2").body
        #expect(first["has_more"] == true)
        #expect(first["first_id"] == first["data"]?[0]?["id"])
        let last = try #require(first["last_id"]?.string)
        let second = try client.ask("GET", "?limit=2&after=\(last)").body
        #expect(second["data"]?.array?.count == 1)
        #expect(second["has_more"] == false)
    }

    @Test("An update replaces all metadata of a stored completion and nothing else")
    func update() throws {
        let client = Client()
        let id = try #require(try client.create(#""store":true,"metadata":{"a":"1"}"#)["id"]?.string)
        let updated = try client.ask("POST", "/\(id)", #"{"metadata":{"b":"2"}}"#)
        #expect(updated.body["metadata"] == ["b": "2"])
        let read = try client.ask("GET", "/\(id)").body
        #expect(read == updated.body)
    }

    @Test(
        "An invalid update of a stored completion is rejected with code and parameter",
        arguments: [
            ("{}", "missing_required_parameter", "metadata"), (#"{"metadata":{},"x":1}"#, "unknown_parameter", "x"),
            (#"{"metadata":"x"}"#, "invalid_type", "metadata"),
            (#"{"metadata":{"k":7}}"#, "invalid_type", "metadata.k"), ("nonsense", nil, nil),
        ] as [(String, String?, String?)])
    func badUpdate(body: String, code: String?, param: String?) throws {
        let client = Client()
        let id = try #require(try client.create()["id"]?.string)
        let answer = try client.ask("POST", "/\(id)", body)
        #expect(answer.status == 400)
        #expect(answer.body["error"]?["code"]?.string == code)
        #expect(answer.body["error"]?["param"]?.string == param)
    }

    @Test("The messages of a stored completion are listed with text as content and parts as parts")
    func messages() throws {
        let client = Client()
        let body =
            #"{"model":"gpt-4o","store":true,"messages":[{"role":"system","content":"s"},{"role":"user","content":"#
            + #"[{"type":"text","text":"t"}]}]}"#
        let id = try #require(try client.ask("POST", "", body).body["id"]?.string)
        let list = try client.ask("GET", "/\(id)/messages").body
        #expect(list["data"]?.array?.map { $0["id"]?.string } == ["\(id)-0", "\(id)-1"])
        #expect(list["data"]?[0]?["content"] == "s")
        #expect(list["data"]?[0]?["content_parts"] == .some(.null))
        #expect(list["data"]?[1]?["content"] == .some(.null))
        #expect(list["data"]?[1]?["content_parts"]?[0]?["text"] == "t")
        let later = try client.ask("GET", "/\(id)/messages?after=\(id)-0").body
        #expect(later["data"]?.array?.count == 1)
    }

    @Test("Every request for a deleted completion gets 404")
    func deletion() throws {
        let client = Client()
        let id = try #require(try client.create()["id"]?.string)
        let deleted = try client.ask("DELETE", "/\(id)").body
        #expect(deleted == ["object": "chat.completion.deleted", "id": .string(id), "deleted": true])
        let requests = [
            ("GET", "", ""), ("DELETE", "", ""), ("POST", "", #"{"metadata":{}}"#), ("GET", "/messages", ""),
        ]
        for (method, path, body) in requests {
            let answer = try client.ask(method, "/\(id)\(path)", body)
            #expect(answer.status == 404)
            #expect(answer.body["error"]?["message"]?.string == "Chat completion with id '\(id)' not found.")
        }
    }

    @Test("A session with examples invents stored completions, the same for the same id, and lists none")
    func examples() throws {
        let client = Client()
        func ask(_ method: String, _ path: String, _ body: String = "") throws -> (status: Int, body: JSONValue) {
            try client.ask(method, path, body, validation: .examples)
        }
        let one = try ask("GET", "/any")
        #expect(one.status == 200)
        #expect(one.body["id"] == "any")
        #expect(try ask("GET", "/any").body["choices"] == one.body["choices"])
        let messages = try ask("GET", "/any/messages").body
        #expect(messages["data"]?[0]?["content"] == "Example")
        let updated = try ask("POST", "/any", #"{"metadata":{"run":"7"}}"#).body
        #expect(updated["metadata"] == ["run": "7"])
        #expect(try ask("DELETE", "/any").body["deleted"] == true)
        #expect(try ask("GET", "").body["data"] == [])
        #expect(try client.ask("GET", "/any").status == 404)
    }
}
