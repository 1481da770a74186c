import SparringJSON
import Testing

@testable import SparringAPI

@Suite("The model table")
struct ModelTableTests {
    /// 2026-11-21, and the same day one year later.
    private static let today = 1_795_219_200
    private static let nextYear = today + 365 * 86_400

    private static func seen(_ table: ModelTable = .builtIn, at time: Int = today, isMoved: Bool = false) -> ModelTable
    {
        table.seen(at: time, isMoved: isMoved, without: [])
    }

    private static func override(_ change: (inout ModelOverride) -> Void) -> ModelOverride {
        var override = ModelOverride()
        change(&override)
        return override
    }

    @Test(
        "A model past its shutdown date is known but does not answer",
        arguments: [
            ("gpt-3.5-turbo-0613", false), ("gpt-4", false), ("gpt-4-0613", false), ("gpt-4-0314", false),
            ("gpt-4o-2024-05-13", false), ("chatgpt-4o-latest", false), ("text-moderation-latest", false),
            ("o1-mini-2024-09-12", false), ("gpt-3.5-turbo-16k-0613", false), ("gpt-4o", true),
            ("gpt-4o-2024-08-06", true),
            ("gpt-4o-mini", true), ("gpt-5", true), ("gpt-5.6-sol", true), ("ft:gpt-3.5-turbo:acme", true),
            ("text-embedding-ada-002", true), ("gpt-3.5-turbo-instruct", true),
        ])
    func shutdowns(id: String, answers: Bool) {
        #expect((Self.seen()[id] != nil) == answers)
        #expect(Self.seen().closure(of: id) == (answers ? nil : .shutDown))
        #expect(ModelTable.builtIn[id] != nil, "without a date, every row is available")
    }

    @Test("A shutdown date announced for a model takes effect when the session's clock is moved, not by the calendar")
    func announcements() {
        #expect(Self.seen(at: Self.nextYear)["gpt-4o-mini"] != nil)
        #expect(Self.seen(at: Self.nextYear, isMoved: true)["gpt-4o-mini"] == nil)
        #expect(Self.seen(at: Self.today + 86_400, isMoved: true)["gpt-4o-mini"] != nil)
        #expect(ModelTable.builtIn["gpt-4o-mini"]?.shutdown?.text == "2027-01-14")
    }

    @Test("A shutdown date in a scenario takes effect at the session's time")
    func scriptedDays() throws {
        let date = try #require(CivilDate("2027-03-01"))
        let table = ModelTable.builtIn.changed(by: [
            "gpt-4": Self.override { $0.shutdown = .never }, "gpt-4o": Self.override { $0.shutdown = .on(date) },
        ])
        #expect(Self.seen(table)["gpt-4"] != nil)
        #expect(Self.seen(table)["gpt-4o"] != nil)
        #expect(Self.seen(table, at: Self.nextYear)["gpt-4o"] == nil)
    }

    @Test("The row \"*\" applies to every model that has no row of its own")
    func wildcard() throws {
        let date = try #require(CivilDate("2020-01-01"))
        let table = ModelTable.builtIn.changed(by: [
            "*": Self.override { $0.shutdown = .never }, "gpt-5": Self.override { $0.shutdown = .on(date) },
            "mine": Self.override { $0.contextWindow = 10 },
        ])
        #expect(Self.seen(table)["gpt-3.5-turbo-0613"] != nil)
        #expect(Self.seen(table)["gpt-5"] == nil)
        #expect(Self.seen(table)["mine"]?.contextWindow == 10)
        #expect(Self.seen(table)["*"] == nil)
    }

    @Test("A new row is by default a chat model, and with `like` a copy of that model")
    func newRows() {
        let table = ModelTable.builtIn.changed(by: [
            "mine": ModelOverride(maximumOutput: 7),
            "embedder": Self.override { $0.like = "text-embedding-3-large" },
            "thinker": Self.override { ($0.like, $0.contextWindow, $0.snapshot) = ("o3", 9, "thinker-1") },
            "blind": Self.override { $0.isAccessible = false },
        ])
        #expect(table["mine"] == ModelInfo(id: "mine", contextWindow: 128_000, maximumOutput: 7))
        #expect(table["embedder"]?.kind == .embedding(dimensions: 3_072, isShortenable: true))
        #expect(table["embedder"]?.snapshot == "embedder")
        #expect(table["thinker"]?.isReasoning == true && table["thinker"]?.contextWindow == 9)
        #expect(table["thinker"]?.snapshot == "thinker-1")
        #expect(table["blind"] == nil)
        #expect(table.closure(of: "blind") == .noAccess)
    }

    @Test("A deleted model is unknown, and other models stay")
    func deleted() {
        let tuned = "ft:gpt-4o-mini:acme::1"
        let table = ModelTable.builtIn.changed(by: [tuned: ModelOverride()])
        let seen = table.seen(at: Self.today, isMoved: false, without: [tuned])
        #expect(table.all.contains { $0.id == tuned })
        #expect(!seen.all.contains { $0.id == tuned })
        #expect(seen[tuned] == nil)
        #expect(seen.closure(of: tuned) == nil)
        #expect(seen["ft:gpt-4o-mini:acme::2"] != nil)
    }

    @Test(
        "A model name resolves to the snapshot that the API returns",
        arguments: [
            ("gpt-4o", "gpt-4o-2024-08-06"), ("gpt-3.5-turbo", "gpt-3.5-turbo-0125"), ("gpt-5", "gpt-5-2025-08-07"),
            ("gpt-5.6-terra", "gpt-5.6-terra"), ("text-embedding-ada-002", "text-embedding-ada-002-v2"),
            ("babbage-002", "babbage:2023-07-21-v2"), ("gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14"),
        ])
    func snapshots(id: String, snapshot: String) {
        #expect(ModelTable.builtIn[id]?.snapshot == snapshot)
    }

    @Test(
        "A model for responses only is rejected by chat completions",
        arguments: ["o3-pro", "gpt-5-pro", "gpt-6-rosalind"])
    func responsesOnly(id: String) throws {
        let body = try JSONValue.parse(#"{"model":"\#(id)","messages":[{"role":"user","content":"hi"}]}"#)
        let error = try #require(throws: APIError.self) { try ChatRequest.check(body, models: .builtIn) }
        #expect(error.status == 404 && error.param == "model")
        #expect(error.message == "This model is only supported in v1/responses and not in v1/chat/completions.")
        let response = try JSONValue.parse(#"{"model":"\#(id)","input":"hi"}"#)
        #expect(throws: Never.self) { try ResponsesRequest.check(response, models: .builtIn) }
    }
}

@Suite("Calendar dates")
struct CivilDateTests {
    @Test(
        "A date is converted to the Unix time of its midnight and back",
        arguments: [
            ("1970-01-01", 0), ("2024-02-29", 1_709_164_800), ("2024-03-01", 1_709_251_200),
            ("2025-12-31", 1_767_139_200),
        ])
    func days(text: String, seconds: Int) {
        #expect(CivilDate(text)?.unixTime == seconds)
        #expect(CivilDate(text)?.text == text)
    }

    @Test(
        "A text that is not a date of the calendar in the one valid format is rejected",
        arguments: [
            "2023-02-29", "2024-13-01", "2024-1-01", "24-01-01", "2024-04-31", "never", "2024-01-01T00", "",
            "+024-01-01",
        ])
    func none(text: String) {
        #expect(CivilDate(text) == nil)
    }
}
