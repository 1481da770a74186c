import Foundation
import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

/// Compares Sparring's answers with recorded answers: the same keys in the same order and the same values, except ids, times and token
/// counts.
@Suite("Responses compared with recorded ones")
struct ResponsesRecordingTests {
    /// Recorded exchanges of an endpoint; nil, with a note, if the recordings are not available.
    static func recordings(of path: String) throws -> [JSONValue]? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "../shared/recordings/openai-exchanges.jsonl")
        guard let data = try? Data(contentsOf: file) else {
            print("skipped: no recordings at \(file.standardized.path())")
            return nil
        }
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
            .filter { $0["path"]?.string == path }
    }

    /// Members that are new, or that have another default value, since May 2026. The recordings are older than these members.
    private static let later: Set = [
        "cache_write_tokens", "moderation", "prompt_cache_retention", "tool_usage", "output_schema",
    ]
    private static let laterReasoning: Set = ["context", "mode"]

    /// The value with ids, times and token counts replaced, because these differ in each run.
    static func normalised(_ value: JSONValue, key: String = "") -> JSONValue {
        switch value {
        case .object(let object):
            let members = object.members.filter {
                !later.contains($0.name) && !(key == "reasoning" && laterReasoning.contains($0.name))
                    // Reasoning items have `content` since June 2026.
                    && !($0.name == "content" && $0.value == [])
            }
            return .object(JSONObject(members.map { .init($0.name, normalised($0.value, key: $0.name)) }))
        case .array(let values): return .array(values.map { normalised($0) })
        case .number where key.hasSuffix("_at") || key.hasSuffix("_tokens") || key == "sequence_number": return 0
        case .string(let text) where key == "id" || key.hasSuffix("_id"):
            return .string("\(text.prefix { $0 != "_" })/\(text.utf8.count)")
        default: return value
        }
    }

    static func content(of output: JSONValue?) -> Content? {
        for item in output?.array ?? [] {
            if let text = item["content"]?[0]?["text"]?.string { return .text(text) }
            if let name = item["name"]?.string, let arguments = item["arguments"]?.string {
                return .toolCalls([ToolCall(name: name, arguments: arguments)], text: nil)
            }
        }
        return nil
    }

    @Test("Whole responses equal the recorded ones, except for ids, times and token counts")
    func bodies() throws {
        guard let recordings = try Self.recordings(of: "/v1/responses") else { return }
        var count = 0
        for recording in recordings where recording["status"] == 200 {
            guard let text = recording["res"]?.string, text.hasPrefix("{") else { continue }
            let real = try JSONValue.parse(text)
            let request = try ResponsesFixture.check(try #require(recording["req"]?.string))
            let content = try #require(Self.content(of: real["output"]))
            let context = ResponsesFixture.context
            var ids = IDMint(seed: 1)
            guard case .whole(let bytes) = request.render(saying: content, context: context, ids: &ids).answer.body
            else {
                Issue.record("no whole body")
                continue
            }
            let ours = try JSONValue.parse(bytes)
            #expect(Self.normalised(ours).text(.pretty) == Self.normalised(real).text(.pretty))
            #expect(ours.serialized(.pretty) == bytes)
            #expect(real.text(.pretty) == text, "the API's white space equals the pretty style")
            count += 1
        }
        #expect(count == 11)
    }

    @Test("Streamed responses have the recorded events")
    func streams() throws {
        guard let recordings = try Self.recordings(of: "/v1/responses") else { return }
        var count = 0
        for recording in recordings where recording["status"] == 200 {
            guard let text = recording["res"]?.string, text.hasPrefix("event:") else { continue }
            let real = try text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
                .map { try JSONValue.parse(String($0.dropFirst(6))) }
            let request = try ResponsesFixture.check(try #require(recording["req"]?.string))
            let content = try #require(Self.content(of: real.last?["response"]?["output"]))
            let context = ResponsesFixture.context
            var ids = IDMint(seed: 1)
            guard case .events(let events) = request.render(saying: content, context: context, ids: &ids).answer.body
            else {
                Issue.record("no events")
                continue
            }
            let ours = try events.map { try JSONValue.parse($0.data) }
            let isDelta: (JSONValue) -> Bool = { $0["type"]?.string?.hasSuffix(".delta") == true }
            let pair = [ours, real].map { $0.filter { !isDelta($0) }.map { Self.normalised($0).text() } }
            #expect(pair[0] == pair[1])
            #expect(ours.first(where: isDelta)?.object?.names == real.first(where: isDelta)?.object?.names)
            count += 1
        }
        #expect(count == 9)
    }

    @Test("Invalid requests of the recordings get the recorded errors")
    func errors() throws {
        guard let recordings = try Self.recordings(of: "/v1/responses") else { return }
        for recording in recordings where recording["status"] != 200 {
            let real = try JSONValue.parse(try #require(recording["res"]?.string))["error"]
            let error = try #require(throws: APIError.self) {
                try ResponsesFixture.check(try #require(recording["req"]?.string))
            }
            #expect(recording["status"]?.int == error.status)
            #expect(real?["message"]?.string == error.message)
            #expect(real?["param"]?.string == error.param)
            #expect(real?["code"]?.string == error.code)
        }
    }
}
