import SparringAPI
import SparringExchange
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Plans for requests after their heads")
struct RequestPlanTests {
    /// A source that accepts bodies while they arrive, and never answers.
    private struct Source: AnswerSource {
        let passesOn = true

        func answer(to request: Request, headers: HeaderFields, connection: Int, now: Moment) -> SourcedAnswer {
            let decision = Exchange.Decision(endpoint: nil, status: 200)
            let exchange = Exchange(
                number: 0, session: "", connection: connection, request: request, decision: decision)
            return SourcedAnswer(
                PlannedExchange(script: WireScript(), exchange: exchange), editable: .no("it is empty"))
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var target: String
        var contentType = "application/json"
        var isLong = true
        var isRecorded = false
        var rules = ""
        var body = "collect"
        var mayBlock = false

        var testDescription: String {
            "\(target) with \(isLong ? "a long" : "a short") body as \(contentType)"
                + (isRecorded ? ", recorded" : "") + (rules.isEmpty ? "" : ", with rules")
        }
    }

    private static let form = "multipart/form-data; boundary=b"

    static let rows = [
        Row(target: "/v1/chat/completions"),
        Row(target: "/v1/chat/completions", contentType: form),
        Row(target: "/v1/files", mayBlock: true),
        Row(target: "/v1/files", contentType: form, body: "intake", mayBlock: true),
        Row(target: "/s/red/v1/files", contentType: form, body: "intake", mayBlock: true),
        Row(target: "/v1/files", contentType: form, isLong: false, mayBlock: true),
        Row(target: "/v1/files", contentType: "multipart/form-data", mayBlock: true),
        Row(target: "/v1/audio/transcriptions", contentType: form, body: "intake", mayBlock: true),
        Row(target: "/v1/chat/completions", isRecorded: true, body: "stream"),
        Row(target: "/v1/chat/completions", isLong: false, isRecorded: true),
        Row(target: "/v1/files", contentType: form, isRecorded: true, body: "stream"),
        Row(
            target: "/v1/chat/completions", isRecorded: true,
            rules: "rules: [ { when: { endpoint: chat.completions }, text: hi } ]"),
    ]

    @Test("Only long bodies are streamed, and only for sources and forms that accept streams", arguments: rows)
    func body(row: Row) throws {
        let text = "schema: 1\nscenario: s\n\(row.rules)\n"
        let scenario =
            row.rules.isEmpty ? .auto : try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        let engine = Engine(scenario: scenario, source: row.isRecorded ? Source() : nil, wallClock: { 1 })
        let head = Request(method: "POST", target: row.target, headers: ["content-type": row.contentType])
        let plan = engine.plan(for: head, hasLongBody: row.isLong)
        let body =
            switch plan.body {
            case .collect: "collect"
            case .stream: "stream"
            case .intake: "intake"
            }
        #expect(body == row.body && plan.mayBlock == row.mayBlock && plan.faults.isEmpty)
    }
}
