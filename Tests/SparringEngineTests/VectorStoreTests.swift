import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Vector stores")
struct VectorStoreTests {
    private static let texts = [
        ("boats.txt", "A sailing boat crosses the harbour in the morning wind."),
        ("bread.md", "The baker mixes flour, water and salt, and bakes bread."),
        ("picture.png", "not a text"),
    ]

    private static func server(_ plan: ProgressPlan? = nil, on endpoint: String = "vector_stores.file_batches.create")
        -> ObjectServer
    {
        guard let plan else { return ObjectServer() }
        return ObjectServer(
            Scenario(
                name: "s",
                rules: [
                    Rule(
                        condition: .field(.endpoint, .equals(.string(endpoint))), steps: [Step(.progress(plan))],
                        then: .last)
                ], otherwise: .auto))
    }

    private static func upload(_ name: String, _ text: String, to server: ObjectServer) -> String {
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n\(text)\r\n--XX--"
        let answer = server.send("POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=XX"])
        return answer.json["id"]?.string ?? "none"
    }

    private static func store(on server: ObjectServer, _ body: String = #"{"name":"s"}"#) -> String {
        server.send("POST", "/vector_stores", body).json["id"]?.string ?? "none"
    }

    private static func batch(_ files: [String], in store: String, on server: ObjectServer) -> ObjectServer.Answer {
        let ids = files.map { "\"\($0)\"" }.joined(separator: ",")
        return server.send("POST", "/vector_stores/\(store)/file_batches", "{\"file_ids\":[\(ids)]}")
    }

    private static func filled(
        _ plan: ProgressPlan? = nil
    ) -> (ObjectServer, store: String, files: [String], batch: String) {
        let server = server(plan)
        let files = texts.map { upload($0.0, $0.1, to: server) }
        let store = store(on: server)
        let batch = batch(files, in: store, on: server).json["id"]?.string ?? "none"
        return (server, store, files, batch)
    }

    @Test("A batch of files works for a second, then counts completed and failed files, as does its store")
    func lifecycle() throws {
        let (server, store, files, batch) = Self.filled()
        let path = "/vector_stores/\(store)"
        #expect(server.send("GET", "\(path)/file_batches/\(batch)").json["status"] == "in_progress")
        #expect(server.send("GET", path).json["status"] == "in_progress")
        #expect(server.send("GET", path).json["file_counts"]?["in_progress"] == 3)
        server.advance(.seconds(1))
        let ended = server.send("GET", "\(path)/file_batches/\(batch)").json
        #expect(ended["status"] == "completed")
        #expect(
            ended["file_counts"]
                == ["in_progress": 0, "completed": 2, "failed": 1, "cancelled": 0, "total": 3])
        let whole = server.send("GET", path).json
        #expect((whole["status"], whole["file_counts"]) == ("completed", ended["file_counts"]))
        #expect(whole["usage_bytes"]?.int == Self.texts[0].1.utf8.count + Self.texts[1].1.utf8.count)
        let failed = server.send("GET", "\(path)/files/\(files[2])").json
        #expect(failed["status"] == "failed")
        #expect(failed["last_error"]?["code"] == "unsupported_file")
        let list = server.send("GET", "\(path)/files?filter=completed&order=asc").json
        #expect(list["data"]?.array?.compactMap { $0["id"]?.string } == Array(files.prefix(2)))
        let ofBatch = server.send("GET", "\(path)/file_batches/\(batch)/files?limit=2").json
        #expect((ofBatch["data"]?.array?.count, ofBatch["has_more"]) == (2, true))
    }

    @Test("A batch that a scenario times by polls ends with the poll after them, and so do all its files")
    func polls() {
        let (server, store, files, batch) = Self.filled(ProgressPlan(.polls(2)))
        let path = "/vector_stores/\(store)/file_batches/\(batch)"
        server.advance(.seconds(86_400))
        let seen = (0..<4).map { _ in server.send("GET", path).json["status"]?.string }
        #expect(seen == ["in_progress", "in_progress", "completed", "completed"])
        #expect(server.send("GET", "/vector_stores/\(store)").json["status"] == "completed")
        #expect(server.send("GET", "/vector_stores/\(store)/files/\(files[0])").json["status"] == "completed")
    }

    @Test("A batch that a scenario never ends works until it is cancelled")
    func stuck() {
        let (server, store, files, batch) = Self.filled(ProgressPlan(.stuck))
        let path = "/vector_stores/\(store)/file_batches/\(batch)"
        server.advance(.seconds(30 * 86_400))
        #expect(server.send("GET", path).json["status"] == "in_progress")
        #expect(server.send("POST", "\(path)/cancel").json["file_counts"]?["cancelled"] == 3)
        #expect(server.send("GET", "/vector_stores/\(store)/files/\(files[0])").json["status"] == "cancelled")
        #expect(server.send("GET", "/vector_stores/\(store)").json["file_counts"]?["cancelled"] == 3)
        #expect(server.send("POST", "\(path)/cancel").status == 400)
    }

    @Test("A scenario can make files fail with its own error")
    func failing() {
        let plan = ProgressPlan(
            .seconds(1), ending: "failed", failure: ProgressPlan.Failure(code: "server_error", message: "no luck"))
        let (server, store, files, batch) = Self.filled(plan)
        server.advance(.seconds(2))
        #expect(server.send("GET", "/vector_stores/\(store)/file_batches/\(batch)").json["status"] == "failed")
        let error = server.send("GET", "/vector_stores/\(store)/files/\(files[0])").json["last_error"]
        #expect(error == ["code": "server_error", "message": "no luck"])
    }

    @Test("A search ranks the pieces of completed files by the words of the query")
    func search() throws {
        let (server, store, files, _) = Self.filled()
        let path = "/vector_stores/\(store)/search"
        #expect(server.send("POST", path, #"{"query":"bread"}"#).json["data"] == [])
        server.advance(.seconds(1))
        let found = server.send("POST", path, #"{"query":"who bakes bread with flour"}"#).json
        #expect(found["data"]?[0]?["file_id"]?.string == files[1])
        #expect(found["data"]?.array?.count == 2)
        let scores = try #require(found["data"]?.array?.compactMap { $0["score"]?.double })
        #expect(scores[0] > 0.3 && scores[0] > scores[1])
        #expect(found["search_query"] == ["who bakes bread with flour"])
        let one = server.send("POST", path, #"{"query":"harbour boat","max_num_results":1}"#).json
        #expect(one["data"]?.array?.map { $0["filename"] } == ["boats.txt"])
    }

    @Test("A search selects files by their attributes")
    func filter() {
        let (server, store, files, _) = Self.filled()
        server.advance(.seconds(1))
        server.send("POST", "/vector_stores/\(store)/files/\(files[0])", #"{"attributes":{"year":2026,"lang":"en"}}"#)
        func found(_ filter: String) -> [String] {
            server.send("POST", "/vector_stores/\(store)/search", "{\"query\":\"boat\",\"filters\":\(filter)}")
                .json["data"]?.array?.compactMap { $0["file_id"]?.string } ?? []
        }
        #expect(found(#"{"type":"eq","key":"lang","value":"en"}"#) == [files[0]])
        #expect(found(#"{"type":"gt","key":"year","value":2030}"#) == [])
        let recent = #"{"type":"gte","key":"year","value":2026}"#
        let both = "{\"type\":\"or\",\"filters\":[\(recent),{\"type\":\"ne\",\"key\":\"lang\",\"value\":\"en\"}]}"
        #expect(Set(found(both)) == Set(files.prefix(2)))
    }

    @Test("A removed file is no longer in the counts of its store, but the file itself stays")
    func removal() {
        let (server, store, files, _) = Self.filled()
        server.advance(.seconds(1))
        let deleted = server.send("DELETE", "/vector_stores/\(store)/files/\(files[0])").json
        #expect(deleted == ["id": .string(files[0]), "object": "vector_store.file.deleted", "deleted": true])
        #expect(server.send("GET", "/vector_stores/\(store)").json["file_counts"]?["total"] == 2)
        #expect(server.send("GET", "/vector_stores/\(store)/files/\(files[0])").status == 404)
        #expect(server.send("GET", "/files/\(files[0])").status == 200)
    }

    @Test(
        "Unknown, deleted and wrongly named objects of vector stores get the API's errors",
        arguments: [
            ("GET", "/vector_stores/vs_none", "", 404, "No vector store found with id 'vs_none'."),
            (
                "GET", "/vector_stores/store1", "", 400,
                "Invalid 'vector_store_id': 'store1'. Expected an ID that begins with 'vs'."
            ),
            (
                "POST", "/vector_stores/vs_none/search", #"{"query":"x"}"#, 404,
                "No vector store found with id 'vs_none'."
            ),
            (
                "GET", "/vector_stores?limit=0", "", 400,
                "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead."
            ),
            (
                "POST", "/vector_stores", #"{"file_ids":["file-none"]}"#, 404, "No such File object: file-none"
            ),
            (
                "POST", "/vector_stores", #"{"expires_after":{"anchor":"created_at","days":1}}"#, 400,
                "Invalid value: 'created_at'. Supported values are: 'last_active_at'."
            ),
        ])
    func errors(method: String, path: String, body: String, status: Int, message: String) {
        let answer = ObjectServer().send(method, path, body)
        #expect((answer.status, answer.json["error"]?["message"]?.string) == (status, message))
    }

    @Test("A search in a deleted store gets the API's 404")
    func deleted() {
        let (server, store, _, _) = Self.filled()
        #expect(server.send("DELETE", "/vector_stores/\(store)").json["deleted"] == true)
        let answer = server.send("POST", "/vector_stores/\(store)/search", #"{"query":"x"}"#)
        #expect(answer.json["error"]?["message"]?.string == "No vector store found with id '\(store)'.")
    }

    @Test("A store expires after days without activity, and then rejects a search")
    func expiry() {
        let server = ObjectServer()
        let store = Self.store(on: server, #"{"expires_after":{"anchor":"last_active_at","days":2}}"#)
        server.advance(.seconds(86_400))
        #expect(server.send("POST", "/vector_stores/\(store)/search", #"{"query":"x"}"#).status == 200)
        server.advance(.seconds(2 * 86_400 - 10))
        #expect(server.send("GET", "/vector_stores/\(store)").json["status"] == "completed")
        server.advance(.seconds(10))
        #expect(server.send("GET", "/vector_stores/\(store)").json["status"] == "expired")
        let answer = server.send("POST", "/vector_stores/\(store)/search", #"{"query":"x"}"#)
        #expect(answer.json["error"]?["message"]?.string == "Vector store '\(store)' has expired.")
    }

    @Test("Sessions do not see each other's vector stores")
    func sessions() {
        let server = ObjectServer()
        let store = Self.store(on: server)
        let other: HeaderFields = ["x-sparring-session": "other"]
        #expect(server.send("GET", "/vector_stores/\(store)", headers: other).status == 404)
        #expect(server.send("GET", "/vector_stores", headers: other).json["data"] == [])
        #expect(server.send("GET", "/vector_stores/\(store)").status == 200)
    }

    @Test("Pieces of a long text have the ordered size and share the ordered overlap")
    func pieces() throws {
        let text = (0..<2_000).map { "word\($0)" }.joined(separator: " ")
        let pieces = Chunking().pieces(of: text)
        #expect(pieces.allSatisfy { $0.utf8.count <= 3_200 })
        let words = pieces.map { Set($0.split(separator: " ")) }
        #expect(!words[0].isDisjoint(with: words[1]))
        #expect(words.reduce(Set()) { $0.union($1) }.count == 2_000)
    }
}
