import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Files")
struct FileOperationTests {
    private let server: ObjectServer

    init() { server = ObjectServer() }

    private init(server: ObjectServer) { self.server = server }

    private func upload(
        _ text: String = "{}\n", purpose: String = "batch", name: String = "a.jsonl", more: [String: String] = [:]
    ) -> ObjectServer.Answer {
        var form = "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n\(purpose)\r\n"
        for (field, value) in more {
            form += "--XX\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n"
        }
        form += "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n\(text)\r\n--XX--"
        return server.send("POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=XX"])
    }

    private func id(_ answer: ObjectServer.Answer) -> String { answer.json["id"]?.string ?? "none" }

    private func ids(_ query: String = "") -> [String] {
        server.send("GET", "/files\(query)").json["data"]?.array?.compactMap { $0["id"]?.string } ?? []
    }

    @Test("An uploaded file is returned by look-up, list and content")
    func kept() {
        let answer = upload("{\"a\":1}\r\n--X\n")
        #expect(answer.status == 200)
        #expect(answer.json["bytes"]?.int == 13)
        #expect(answer.json["filename"]?.string == "a.jsonl")
        #expect(server.send("GET", "/files/\(id(answer))").json == answer.json)
        #expect(server.send("GET", "/files/\(id(answer))/content").text == "{\"a\":1}\r\n--X\n")
        #expect(ids() == [id(answer)])
    }

    @Test("Files are listed newest first, by purpose and in pages")
    func listed() {
        let files = (0..<5).map { id(upload("\($0)", purpose: $0 == 2 ? "evals" : "batch")) }
        #expect(ids() == files.reversed())
        #expect(ids("?order=asc&limit=2&after=\(files[1])") == [files[2], files[3]])
        #expect(ids("?purpose=evals") == [files[2]])
        #expect(server.send("GET", "/files?limit=2").json["has_more"] == true)
        #expect(server.send("GET", "/files?limit=10001").status == 400)
    }

    @Test("A request for a deleted file, or for a file of another session, gets 404")
    func deleted() {
        let file = id(upload())
        #expect(server.send("GET", "/files/\(file)", headers: ["x-sparring-session": "other"]).status == 404)
        #expect(server.send("DELETE", "/files/\(file)").json["deleted"] == true)
        for (method, path) in [("GET", ""), ("GET", "/content"), ("DELETE", "")] {
            let answer = server.send(method, "/files/\(file)\(path)")
            #expect(answer.status == 404)
            #expect(answer.json["error"]?["message"]?.string == "No such File object: \(file)")
        }
        #expect(ids().isEmpty)
    }

    private func advance(_ duration: Duration) {
        _ = server.engine.sessions.existing("default")?.adjust { [now = server.now] in
            $0.clock.advance(by: duration, at: now)
        }
    }

    @Test("A file expires by the session's clock")
    func expiry() {
        let file = id(upload("{}", more: ["expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"]))
        advance(.seconds(3599))
        #expect(ids() == [file])
        advance(.seconds(1))
        #expect(ids().isEmpty)
        #expect(server.send("GET", "/files/\(file)").status == 404)
    }

    @Test(
        "The content of a file can be read only for some purposes",
        arguments: [("assistants", 400), ("user_data", 400), ("vision", 400), ("batch", 200), ("fine-tune", 200)])
    func purposes(purpose: String, status: Int) {
        #expect(server.send("GET", "/files/\(id(upload(purpose: purpose)))/content").status == status)
    }

    @Test("An invalid upload is rejected in the API's words")
    func refused() {
        let purposes = "['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals']"
        let rows = [
            (upload(purpose: "foo"), "'foo' is not one of \(purposes) - 'purpose'"),
            (server.send("POST", "/files", "{}"), "'file' is a required property"),
            (
                upload("{}", more: ["expires_after[anchor]": "created_at"]),
                "Missing required parameter: 'expires_after.seconds'."
            ),
        ]
        for (answer, message) in rows {
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"]?.string == message)
        }
        let broken = server.send(
            "POST", "/files", "--XX\r\n", headers: ["content-type": "multipart/form-data; boundary=XX"])
        #expect(broken.json["error"]?["code"] == "sparring_form")
    }

    @Test("A file that a scripted error rejects is not stored")
    func scripted() throws {
        let scenario = Scenario(
            name: "s",
            rules: [
                Rule(
                    condition: .field(.endpoint, .equals("files.create")),
                    steps: [Step(.error(ErrorAnswer(name: "server_error"))), Step(.auto)])
            ])
        let store = MemoryStore(limit: 10)
        let tests = FileOperationTests(server: ObjectServer(scenario, store: store))
        #expect(tests.upload("12345678").status == 500)
        #expect(tests.upload("12345678").status == 200)
        // The store is full here only because the second file was stored.
        let full = tests.upload("12345678")
        #expect(full.status == 500)
        #expect(full.json["error"]?["code"] == "sparring_storage")
    }

    @Test("A session with examples has a file for any id")
    func examples() {
        let headers: HeaderFields = ["x-sparring-validation": "examples"]
        #expect(server.send("GET", "/files/file-abc", headers: headers).json["id"] == "file-abc")
        #expect(server.send("DELETE", "/files/file-abc", headers: headers).status == 200)
        #expect(server.send("GET", "/files/file-abc/content", headers: headers).status == 200)
        #expect(ids().isEmpty)
    }
}
