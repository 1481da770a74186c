import Foundation
import TestSupport
import Testing

/// Tests recordings of one API that answer the official package's requests to the other API.
@Suite(
    "Recordings rendered for the other API", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteRenderingTests {
    private struct Told: Decodable, Equatable {
        /// The text, tool calls, end and usage of each answer, as JSON with names that both APIs share.
        var told: [JSONText]
        var deltas: [Int?]
    }

    /// A JSON value of any type.
    private enum JSONText: Decodable, Equatable {
        case null
        case number(Double)
        case text(String)
        case list([JSONText])

        init(from decoder: any Decoder) throws {
            let box = try decoder.singleValueContainer()
            if box.decodeNil() {
                self = .null
            } else if let number = try? box.decode(Double.self) {
                self = .number(number)
            } else if let text = try? box.decode(String.self) {
                self = .text(text)
            } else {
                self = .list(try box.decode([JSONText].self))
            }
        }
    }

    private static let scenario = """
        schema: 1
        scenario: upstream
        rules:
          - when: { any: [ { path."$.input": fail }, { last.user: fail } ] }
            error: rate_limit_exceeded
          - when: { last.user: { contains: length } }
            text: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
          - when: { tool_result: Rain. }
            text: "It rains in both."
          - when: { offers_tool: get_weather }
            tools:
              - { name: get_weather, arguments: { city: Paris } }
              - { name: get_weather, arguments: { city: Rome } }
          - text: "Hello, how are you?"
        """

    private static func run(_ arguments: [String], _ api: String, _ form: String) async throws -> (Told, String) {
        let client = [PythonClient.interpreter, PythonClient.script("openai_turns.py"), api, form]
        let outcome = try await Slots.clients.use { try await SparringBinary.run(arguments + ["--"] + client) }
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return (
            try JSONDecoder().decode(Told.self, from: Data(outcome.standardOutput.utf8)), outcome.standardError
        )
    }

    @Test(
        "The openai package gets the same content from a recording rendered for the other API",
        arguments: [("chat", "responses"), ("responses", "chat")], ["whole", "stream"])
    func same(apis: (recorded: String, asked: String), form: String) async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await ServerProcess([try scratch.write(Self.scenario, to: "upstream.yaml")])
        let record = ["record", cassette, "--upstream", upstream.baseURL, "--keep-failures"]
        let (recorded, _) = try await Self.run(record, apis.recorded, form)
        upstream.child.signal(SIGINT)
        _ = try await upstream.child.outcome()
        #expect(recorded.told.count == 5)
        guard case .list(let cut) = recorded.told[3] else {
            Issue.record("\(recorded)")
            return
        }
        #expect(cut[2] == .text("length"))

        for other in ["whole", "stream"] {
            let replay = ["replay", cassette, "--render", apis.asked, "--time-scale", "0"]
            let (told, log) = try await Self.run(replay, apis.asked, other)
            #expect(told.told == recorded.told, "\(log)")
            #expect(log.contains("5 answered from the cassette · 0 missed · all recordings were used"), "\(log)")
            // A replayed stream keeps its recorded pieces.
            if form == "stream", other == "stream" { #expect(told.deltas == recorded.deltas) }
        }
        // A request in the recorded API gets the recorded answer.
        let (again, _) = try await Self.run(
            ["replay", cassette, "--render", apis.asked, "--time-scale", "0"], apis.recorded, form)
        #expect(again == recorded)
    }

    @Test("`replay --render` labels its answers and rejects requests that it cannot render")
    func labelled() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        let key = ["Authorization: Bearer sk-x"]
        func chat(_ more: String) -> String {
            #"{"model":"gpt-4o-mini",\#(more)"messages":[{"role":"user","content":"hi"}]}"#
        }
        for more in [#""n":2,"user":"two","#, ""] {
            let answer = try await recorder.ask("/v1/chat/completions", headers: key, body: chat(more))
            #expect(answer.text.contains("200 OK"), "\(answer)")
        }
        _ = try await recorder.stop()
        let asked =
            #"{"model":"gpt-4o-mini","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}]}"#
        let player = try await CassetteServerProcess(["replay", cassette, "--render", "responses", "--time-scale", "0"])
        let answer = try await player.ask("/v1/responses", headers: key, body: asked)
        #expect(answer.text.contains("x-sparring-rendered: responses\r\n"), "\(answer)")
        #expect(answer.text.contains(#""object": "response""#), "\(answer)")
        let missed = try await player.ask(
            "/v1/responses", headers: key,
            body: #"{"model":"gpt-4o-mini","input":"hi","previous_response_id":"resp_1"}"#)
        #expect(missed.text.contains("HTTP/1.1 400") && missed.text.contains("$.previous_response_id"), "\(missed)")
        let ignoring = try await CassetteServerProcess([
            "replay", cassette, "--render", "responses", "--time-scale", "0", "--ignore", "$.n", "--order",
        ])
        let two = try await ignoring.ask(
            "/v1/responses", headers: key, body: #"{"model":"gpt-4o-mini","input":"hi","user":"two"}"#)
        #expect(
            two.text.contains("HTTP/1.1 502") && two.text.contains("$.choices[1]: a response has only one answer"),
            "\(two)")
        let plain = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await plain.ask("/v1/responses", headers: key, body: asked).text.contains("HTTP/1.1 400"))
        let exact = try await SparringBinary.run(["replay", cassette, "--render", "chat", "--match", "exact"])
        #expect(exact.exitCode == 64 && exact.standardError.contains("--match normal"), "\(exact.standardError)")
    }
}
