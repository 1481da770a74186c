import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Audio operations")
struct AudioOperationTests {
    /// A WAV file of one second.
    static let wav: [UInt8] = {
        let rate = 8000
        let data = [UInt8](repeating: 0, count: rate)
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        return Array("RIFF".utf8) + little(data.count + 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(1, 2) + little(rate, 4) + little(rate, 4) + little(1, 2) + little(8, 2) + Array("data".utf8)
            + little(data.count, 4) + data
    }()

    private struct Form {
        var fields: [(String, String)]
        var filename: String? = "a.wav"
        var file = wav
        var boundary = "XX"

        var headers: HeaderFields { ["content-type": "multipart/form-data; boundary=\(boundary)"] }

        var body: [UInt8] {
            var text = fields.map { name, value in
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
            }.joined()
            guard let filename else { return Array("\(text)--\(boundary)--".utf8) }
            text += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(filename)\"\r\n\r\n"
            return Array(text.utf8) + file + Array("\r\n--\(boundary)--".utf8)
        }
    }

    private static func hear(
        _ fields: [(String, String)] = [("model", "whisper-1")], filename: String? = "a.wav", file: [UInt8] = wav,
        boundary: String = "XX", to endpoint: String = "transcriptions", headers: HeaderFields = [:],
        on server: ObjectServer = ObjectServer()
    ) -> ObjectServer.Answer {
        let form = Form(fields: fields, filename: filename, file: file, boundary: boundary)
        var sent = form.headers
        for field in headers.fields { sent[field.name] = field.value }
        return server.send("POST", "/audio/\(endpoint)", bytes: form.body, headers: sent)
    }

    private static func rule(_ endpoint: String, _ steps: [Step], _ more: [Condition] = []) -> Rule {
        Rule(
            condition: .all([.field(.endpoint, .equals(.string(endpoint)))] + more), steps: steps, then: .last)
    }

    private static func server(_ rules: [Rule], limits: Scenario.Limits? = nil) -> ObjectServer {
        ObjectServer(Scenario(name: "s", limits: limits, rules: rules, otherwise: .auto))
    }

    @Test("Equal sounds get equal transcripts, different sounds different ones, and no sound is stored")
    func heard() throws {
        let store = MemoryStore()
        let server = ObjectServer(store: store)
        let first = Self.hear(on: server)
        #expect(first.status == 200 && first.json["usage"] == ["type": "duration", "seconds": 1])
        #expect(Self.hear(on: server).json["text"] == first.json["text"])
        #expect(Self.hear(file: Self.wav + [1, 2], on: server).json["text"] != first.json["text"])
        #expect(Self.hear(to: "translations", on: server).json["usage"] == nil)
        #expect(try store.makeBlob() == BlobID(number: 1), "no blob was made before")
    }

    @Test("A rule matches an uploaded sound by its file name and scripts the transcript")
    func scripted() throws {
        let path = try #require(JSONPath("$.file.filename"))
        let server = Self.server([
            Self.rule(
                "audio.transcriptions", [Step(.text(Template(literal: "Yes.")))],
                [.field(.path(path), .equals("b.wav"))]),
            Self.rule("audio.translations", [Step(.text(Template(literal: "{{request.model}}")))]),
        ])
        #expect(Self.hear(filename: "b.wav", on: server).json["text"] == "Yes.")
        #expect(Self.hear(on: server).json["text"] != "Yes.")
        #expect(Self.hear(to: "translations", on: server).status == 200)
    }

    @Test("A repeated upload with another multipart boundary is the second attempt")
    func attempts() {
        let server = ObjectServer()
        _ = Self.hear(boundary: "one", on: server)
        _ = Self.hear(boundary: "another", on: server)
        let seen = server.engine.sessions.existing("default")?.exchanges.map(\.decision.attempt)
        #expect(seen == [1, 2])
    }

    @Test(
        "A step that an audio endpoint cannot answer fails with its reason",
        arguments: [
            ("audio.transcriptions", Step(.refusal(Template(literal: "no"))), "a transcript is text"),
            ("audio.speech", Step(.text(Template(literal: "x"))), "a speech answer reads the request's input"),
        ])
    func loud(endpoint: String, step: Step, reason: String) {
        let server = Self.server([Self.rule(endpoint, [step])])
        let answer =
            endpoint == "audio.speech"
            ? server.send("POST", "/audio/speech", Self.speech) : Self.hear(on: server)
        #expect(answer.status == 400 && answer.json["error"]?["code"] == "sparring_unmatched")
        #expect(answer.text.contains(reason))
    }

    private static let speech = #"{"model":"gpt-4o-mini-tts","voice":"alloy","input":"hi","response_format":"pcm"}"#

    @Test(
        "Speech in a compressed format is a marked placeholder, unless the scenario rejects placeholders",
        arguments: [true, false])
    func codecs(isPlaceholder: Bool) throws {
        let text = "schema: 1\nscenario: s\notherwise: auto\n" + (isPlaceholder ? "" : "placeholder_speech: false\n")
        let scenario = try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        let server = ObjectServer(scenario)
        for format in ["mp3", "opus", "aac", "flac", "wav", "pcm", nil] {
            let member = format.map { #","response_format":"\#($0)""# } ?? ""
            let answer = server.send(
                "POST", "/audio/speech", #"{"model":"tts-1","voice":"alloy","input":"hi"\#(member)}"#)
            let isServed = isPlaceholder || format == "wav" || format == "pcm"
            #expect(answer.status == (isServed ? 200 : 400), "\(format ?? "left out")")
            guard !isServed else {
                let sound = ["mp3", "opus", "aac", nil].contains(format) ? "silence" : "tone"
                let bytes = String(decoding: answer.script.bytes, as: UTF8.self)
                #expect(bytes.contains("x-sparring-sound: \(sound)\r\n"))
                continue
            }
            #expect(answer.json["error"]?["code"] == "sparring_speech_format")
            #expect(answer.text.contains("placeholder_speech: false") && answer.text.contains(format ?? "mp3"))
        }
    }

    @Test("An upload that is not a form has no fields")
    func noForm() {
        let answer = ObjectServer().send("POST", "/audio/transcriptions", #"{"model":"whisper-1"}"#)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["message"] == "you must provide a model parameter")
        let broken = ObjectServer().send(
            "POST", "/audio/transcriptions", "--XX\r\n",
            headers: ["content-type": "multipart/form-data; boundary=XX"])
        #expect(broken.json["error"]?["code"] == "sparring_form")
    }

    @Test("A form that is too large gets 413 in the API's own words")
    func tooLarge() {
        let engine = ObjectServer().engine
        let head = Request(
            method: "POST", target: "/v1/audio/transcriptions",
            headers: ["authorization": "Bearer x", "content-length": "26294972"])
        let performance = engine.respond(
            to: .bodyTooLarge(limit: 26_214_400), head: head, connection: 1, now: Moment(nanoseconds: 0))
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        #expect(performance.exchange.decision.status == 413)
        #expect(text.contains("413: Maximum content size limit (26214400) exceeded (26294972 bytes read)"))
        #expect(text.contains("\"type\": \"server_error\"") && text.contains("\"seconds\": 0"))
    }

    @Test("A wrong key on an audio endpoint gets a text answer with the status in its body")
    func wrongKey() {
        var scenario = Scenario(name: "s", otherwise: .auto)
        scenario.accounts = Scenario.Accounts(keys: [:])
        let server = ObjectServer(scenario)
        let answer = Self.hear(on: server)
        #expect(answer.status == 401 && answer.json["status"] == 401)
        #expect(answer.json["error"]?["code"] == "invalid_api_key")
        #expect(String(decoding: answer.script.bytes, as: UTF8.self).contains("text/plain; charset=utf-8"))
        let chat = server.send("POST", "/chat/completions", "{}")
        #expect(chat.status == 401 && chat.json["status"] == nil)
    }

    @Test(
        "A lenient session accepts any sound, and a session with examples needs none",
        arguments: [("strict", 400, 400), ("lenient", 200, 400), ("examples", 200, 200)])
    func lenient(validation: String, noise: Int, nothing: Int) {
        let headers: HeaderFields = ["x-sparring-validation": validation]
        let fields = [("model", "mine"), ("response_format", "json")]
        let answer = Self.hear(fields, filename: "upload", file: Array("noise".utf8), headers: headers)
        #expect(answer.status == noise)
        #expect(Self.hear(filename: "noise.bin", headers: headers).status == noise)
        #expect(Self.hear(filename: nil, headers: headers).status == nothing)
    }

    @Test("A fault applies to a streamed transcription as to any stream")
    func faults() {
        var cut = Step(.auto)
        cut.faults = [Fault(at: .done, .action(.dropDone))]
        let server = Self.server([Self.rule("audio.transcriptions", [cut])])
        let fields = [("model", "gpt-4o-transcribe"), ("stream", "true")]
        let whole = Self.hear(fields, on: ObjectServer()).events
        #expect(whole.last?["type"] == "transcript.text.done")
        #expect(Self.hear(fields, on: server).events.count == whole.count - 1)
    }

    @Test("Request limits apply to every audio model, token limits only to models priced by tokens")
    func limits() {
        let limits = Scenario.Limits(requestsPerMinute: 2)
        let server = Self.server([], limits: limits)
        let statuses = (0..<3).map { _ in Self.hear(on: server).status }
        #expect(statuses == [200, 200, 429])
        func head(_ model: String) -> String {
            let answer = Self.hear([("model", model)], on: Self.server([], limits: limits))
            return String(decoding: answer.script.bytes, as: UTF8.self)
        }
        #expect(head("whisper-1").contains("x-ratelimit-limit-requests: 2"))
        #expect(!head("whisper-1").contains("x-ratelimit-limit-tokens"))
        #expect(head("gpt-4o-transcribe").contains("x-ratelimit-limit-tokens"))
    }

    @Test("The ledger prices seconds, characters and tokens of audio")
    func ledger() {
        let ledger = UsageStatistics()
        let server = ObjectServer(sinks: [ledger])
        _ = Self.hear(on: server)
        _ = server.send(
            "POST", "/audio/speech",
            #"{"model":"tts-1","voice":"alloy","input":"Fifteen letters","response_format":"wav"}"#)
        _ = server.send("POST", "/audio/speech", Self.speech)
        let rows = UsageReport(ledger.reading, by: [.endpoint, .model]).rows
        #expect(rows.map { $0.values[1] } == ["gpt-4o-mini-tts", "tts-1", "whisper-1"])
        // The price is one second at $0.0001, and fifteen characters at $15 per million.
        #expect(rows[2].dollars == 0.0001 && rows[1].dollars == 0.000225)
        #expect(rows[0].line.usage.audioOutput > 0 && rows[0].dollars ?? 0 > 0)
    }

    @Test("An Azure deployment is the model of an audio request")
    func azure() {
        let form = Form(fields: [])
        var headers = form.headers
        headers["api-key"] = "x"
        let performance = ObjectServer().engine.respond(
            to: Request(
                method: "POST",
                target: "/openai/deployments/whisper-1/audio/transcriptions?api-version=2024-10-21", headers: headers,
                body: form.body), connection: 1, now: Moment(nanoseconds: 0))
        #expect(performance.exchange.decision.status == 200)
        #expect(performance.exchange.decision.endpoint == "audio.transcriptions")
        #expect(performance.exchange.decision.model == "whisper-1")
    }
}
