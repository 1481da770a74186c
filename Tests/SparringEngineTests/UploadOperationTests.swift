import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Uploads")
struct UploadOperationTests {
    let server = ObjectServer()

    private func make(bytes: Int, _ more: String = "") -> String {
        let answer = server.send(
            "POST", "/uploads",
            "{\"filename\":\"a.jsonl\",\"purpose\":\"fine-tune\",\"bytes\":\(bytes),\"mime_type\":\"text/jsonl\"\(more)}"
        )
        #expect(answer.status == 200)
        return "/uploads/\(answer.json["id"]?.string ?? "none")"
    }

    private func part(_ upload: String, _ text: String) -> ObjectServer.Answer {
        server.send(
            "POST", "\(upload)/parts",
            "--XX\r\nContent-Disposition: form-data; name=\"data\"; filename=\"upload\"\r\n\r\n\(text)\r\n--XX--",
            headers: ["content-type": "multipart/form-data; boundary=XX"])
    }

    private func id(_ answer: ObjectServer.Answer) -> String { answer.json["id"]?.string ?? "none" }

    private func complete(_ upload: String, _ parts: [String], _ more: String = "") -> ObjectServer.Answer {
        server.send("POST", "\(upload)/complete", "{\"part_ids\":\(JSONValue.strings(parts).text())\(more)}")
    }

    @Test("A completed upload is a file of its parts in the requested order")
    func completed() {
        let upload = make(bytes: 6, ",\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":3600}")
        let parts = ["def", "abc", "never wanted"].map { id(part(upload, $0)) }
        let answer = complete(upload, [parts[1], parts[0]], ",\"md5\":\"E80B5017098950FC58AAD83C8C14978E\"")
        #expect(answer.status == 200)
        #expect(answer.json["status"] == "completed")
        let file = answer.json["file"]
        #expect(file?["bytes"] == 6 && file?["filename"] == "a.jsonl")
        #expect(file?["expires_at"]?.int == (file?["created_at"]?.int ?? 0) + 3600)
        #expect(server.send("GET", "/files/\(file?["id"]?.string ?? "none")/content").text == "abcdef")
        #expect(complete(upload, []).status == 400)
        #expect(part(upload, "more").status == 400)
    }

    @Test("An upload that does not match its announcement is rejected and can still be completed")
    func refused() {
        let upload = make(bytes: 3)
        let abc = id(part(upload, "abc"))
        let rows = [
            (complete(upload, [abc, abc]), "come to 6 bytes; 3 were announced"),
            (complete(upload, [abc], ",\"md5\":\"00\""), "not the one that was given"),
            (complete(upload, ["part_x"]), "has no part 'part_x'"),
            (server.send("POST", "\(upload)/complete", "{}"), "Missing required parameter: 'part_ids'."),
        ]
        for (answer, words) in rows {
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"]?.string?.contains(words) ?? false)
        }
        #expect(complete(upload, [abc]).status == 200)
    }

    @Test("An upload ends when it is cancelled or an hour old")
    func over() {
        let cancelled = make(bytes: 1)
        #expect(server.send("POST", "\(cancelled)/cancel").json["status"] == "cancelled")
        #expect(part(cancelled, "a").status == 400)
        let expired = make(bytes: 1)
        let one = id(part(expired, "a"))
        _ = server.engine.sessions.existing("default")?.adjust { [now = server.now] in
            $0.clock.advance(by: .seconds(3600), at: now)
        }
        let answer = complete(expired, [one])
        #expect(answer.json["error"]?["message"]?.string?.contains("'expired'") ?? false)
        #expect(part("/uploads/upload_x", "a").status == 404)
    }

    @Test("A session with examples has an upload for any id")
    func examples() {
        let headers: HeaderFields = ["x-sparring-validation": "examples"]
        let body = "{\"part_ids\":[\"a\"],\"md5\":\"md5\"}"
        #expect(server.send("POST", "/uploads/upload_x/complete", body, headers: headers).json["status"] == "completed")
        #expect(server.send("POST", "/uploads/upload_x/parts", headers: headers).status == 200)
        #expect(server.send("POST", "/uploads/upload_x/cancel", headers: headers).json["status"] == "cancelled")
    }

    /// RFC 1321, appendix A.5, and lengths around a block, computed by Python's hashlib.
    @Test(
        "The MD5 digest of an upload has the published values for any chunk size",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
            (String(repeating: "a", count: 55), "ef1772b6dff9a122358552954ad0df65"),
            (String(repeating: "a", count: 56), "3b0c8ac703f828b04c6c197006d17218"),
            (String(repeating: "a", count: 64), "014842d480b571495a4a0363793f7367"),
        ])
    func digests(text: String, hex: String) {
        for size in [1, 7, 64, 1000] {
            var digest = MD5()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                digest.update(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            #expect(digest.hex() == hex)
        }
    }
}
