import Testing

@testable import SparringAPI

@Suite("Models that the API would reject")
struct ModelStandInTests {
    /// 2026-11-21.
    private static let today = 1_795_219_200

    private static func table(_ policy: ModelPolicy = .lenient, naming names: Set<String> = []) -> ModelTable {
        ModelTable.builtIn.answering(by: policy, naming: names).seen(at: today, isMoved: false, without: [])
    }

    private static func row(
        _ id: String, _ endpoint: Endpoint = .chatCompletions, isDeployment: Bool = false
    ) -> ModelInfo? {
        table().answering(id, at: endpoint, isDeployment: isDeployment).models[id]
    }

    @Test("A name of more than 256 bytes gets the API's 404, because answers repeat the name in header fields")
    func longNames() {
        #expect(Self.row(String(repeating: "a", count: 256)) != nil)
        #expect(Self.row(String(repeating: "a", count: 257)) == nil)
        #expect(Self.row("my-own/" + String(repeating: "é", count: 125)) == nil)
    }

    @Test(
        "A newer version of a known family gets the row of the newest older version",
        arguments: [
            ("gpt-6.3-sol", "gpt-6.2-sol"), ("gpt-6.3-sol-2026-12-17", "gpt-6.2-sol"), ("gpt-7-luna", "gpt-6-luna"),
            ("gpt-6.3-astra-law", "gpt-6.2-astra-law"), ("gpt-6.3-sol-law", "gpt-6.2-sol"), ("gpt-7", "gpt-5.6"),
            ("gpt-5.3-mini", "gpt-5.1-mini"), ("gpt-5.5-nano", "gpt-5.4-nano"), ("o5", "o3"), ("o5-mini", "o4-mini"),
            ("gpt-audio-2", "gpt-audio-1.5"), ("text-embedding-4-large", "text-embedding-3-large"),
            ("ft:gpt-6.3-sol:acme::1", "gpt-6.2-sol"), ("omni-moderation-2027-02-01", "omni-moderation-latest"),
            ("gpt-4o-2027-02-01", "gpt-4o"), ("gpt-35-turbo", "gpt-3.5-turbo"),
            ("gpt-35-turbo-16k", "gpt-3.5-turbo-16k"),
        ])
    func sisters(id: String, sister: String) throws {
        let answering = Self.table().answering(id, at: .chatCompletions)
        let row = try #require(answering.models[id])
        let model = try #require(ModelTable.builtIn[sister])
        #expect(row.snapshot == id)
        #expect(row.contextWindow == model.contextWindow && row.isReasoning == model.isReasoning)
        #expect(row.kind == model.kind)
        #expect(answering.warning?.contains("'\(id)'") == true)
        #expect(answering.warning?.contains("'\(sister)'") == true || id.hasPrefix("ft:"))
    }

    @Test(
        "A mistyped OpenAI model stays unknown, and the warning has the nearest name",
        arguments: [
            ("gpt-4o-mni", "gpt-4o-mini"), ("gpt-6.2-slo", "gpt-6.2-sol"), ("gpt-41", "gpt-4.1"), ("gtp-4o", "gpt-4o"),
            ("GPT-4o", "gpt-4o"), ("gpt4o-mini", "gpt-4o-mini"), ("text-embeding-3-small", "text-embedding-3-small"),
            ("o3-mnii", "o3-mini"), ("wisper-1", "whisper-1"), ("gpt-4o-mini ", "gpt-4o-mini"),
            ("ft:gpt-4o-mni:acme::1", nil), ("gpt-3.5-trubo", "gpt-3.5-turbo"), ("gpt-5.0", "gpt-5.1"),
            ("gpt-4o-mini-2024-07-81", nil), ("gpt-4-1399", nil),
        ] as [(String, String?)])
    func typos(id: String, nearest: String?) {
        let answering = Self.table().answering(id, at: .chatCompletions)
        #expect(answering.models[id] == nil)
        #expect(answering.warning?.contains("has no model '\(id)'") == true)
        if let nearest { #expect(answering.warning?.contains("did you mean '\(nearest)'?") == true) }
    }

    @Test(
        "Another provider's model gets the row of the model that its name contains, or of a typical model of the endpoint",
        arguments: [
            ("llama3.1:8b", .chatCompletions, nil), ("mistral-large-latest", .responses, nil),
            ("openai/gpt-oss-120b", .chatCompletions, nil), ("gpt-oss:20b", .chatCompletions, nil),
            ("glm-4", .chatCompletions, nil), ("openai/gpt-4.1-mini", .chatCompletions, "gpt-4.1-mini"),
            ("eu/gpt-6.3-sol", .chatCompletions, "gpt-6.2-sol"), ("nomic-embed-text", .embeddings, nil),
            ("azure/text-embedding-3-large", .embeddings, "text-embedding-3-large"),
            ("whisper-large-v3", .transcriptions, nil), ("kokoro", .speech, nil), ("llama-guard-3", .moderations, nil),
            ("my-o3-mini-alias", .chatCompletions, "o3-mini"), ("my-ada-helper", .chatCompletions, nil),
        ] as [(String, Endpoint, String?)])
    func foreign(id: String, endpoint: Endpoint, known: String?) throws {
        let row = try #require(Self.row(id, endpoint))
        #expect(row.snapshot == id)
        if let known {
            let model = try #require(ModelTable.builtIn[known])
            #expect(row.contextWindow == model.contextWindow && row.kind == model.kind)
            #expect(row.isReasoning == model.isReasoning)
        } else {
            #expect(row.kind == ModelTable.builtIn.admitting(id, to: endpoint)[id]?.kind)
        }
        #expect(Self.table().answering(id, at: endpoint).warning != nil)
    }

    @Test("The name of an Azure deployment is not an unknown model")
    func deployments() {
        #expect(Self.row("gpt-4o-prod") == nil)
        #expect(Self.row("gpt-4o-prod", isDeployment: true)?.contextWindow == 128_000)
        #expect(Self.row("gpt-4.1-eu", isDeployment: true)?.contextWindow == 1_047_576)
    }

    @Test(
        "A model that the API has shut down by the real calendar keeps its row",
        arguments: ["gpt-4", "gpt-3.5-turbo-0613", "o1-mini", "text-davinci-003", "gpt-5.1-codex", "gpt-4.5-preview"])
    func retired(id: String) throws {
        let answering = Self.table().answering(id, at: .chatCompletions)
        #expect(answering.models[id] != nil)
        #expect(answering.warning?.contains("has shut down the model '\(id)' (20") == true)
        #expect(Self.table(.strict).answering(id, at: .chatCompletions).models[id] == nil)
    }

    @Test("Moving the clock past a shutdown date closes a model; moving it after that date does not")
    func movedClocks() throws {
        let day = try #require(ModelTable.builtIn["gpt-4o-mini"]?.shutdown).unixTime
        func answers(_ id: String, at time: Int, real: Int) -> Bool {
            let table = ModelTable.builtIn.seen(at: time, real: real, isMoved: true, without: [])
            return table.answering(id, at: .chatCompletions).models[id] != nil
        }
        #expect(!answers("gpt-4o-mini", at: day, real: Self.today))
        #expect(answers("gpt-4o-mini", at: day - 1, real: Self.today))
        #expect(answers("gpt-4", at: Self.today + 60, real: Self.today))
        #expect(answers("gpt-4o-mini", at: day + 60, real: day))
    }

    @Test("A model with a shutdown date in the scenario, or without access, stays closed")
    func scripted() throws {
        var (shut, closed) = (ModelOverride(), ModelOverride())
        shut.shutdown = CivilDate("2026-01-01").map { .on($0) }
        closed.isAccessible = false
        let table = ModelTable.builtIn.changed(by: ["gpt-4o": shut, "gpt-4": closed])
            .seen(at: Self.today, isMoved: false, without: [])
        for id in ["gpt-4o", "gpt-4"] {
            #expect(table.answering(id, at: .chatCompletions).models[id] == nil)
            #expect(table.answering(id, at: .chatCompletions).warning == nil)
        }
    }

    @Test(
        "The strict policy answers for known models and for models that a rule names",
        arguments: ModelPolicy.allCases)
    func policies(policy: ModelPolicy) {
        let table = Self.table(policy, naming: ["gpt-4o-mni", "acme-1"])
        for id in ["gpt-4o-mni", "acme-1", "gpt-4o"] {
            let answering = table.answering(id, at: .chatCompletions)
            #expect(answering.models[id] != nil)
            #expect(answering.warning == nil)
        }
        for id in ["gpt-6.3-sol", "llama3.1:8b", "gpt-4"] {
            #expect((table.answering(id, at: .chatCompletions).models[id] != nil) == (policy == .lenient))
            #expect(table.answering(id, at: .chatCompletions).warning != nil)
        }
    }

    @Test("A known model, a deleted model and a request without a model have no warning")
    func plain() {
        let table = ModelTable.builtIn.seen(at: Self.today, isMoved: false, without: ["ft:gpt-4o:a"])
        for id in ["gpt-4o-mini", "ft:gpt-4o:a", nil] {
            #expect(table.answering(id, at: .chatCompletions).warning == nil)
        }
        #expect(table.answering("ft:gpt-4o:a", at: .chatCompletions).models["ft:gpt-4o:a"] == nil)
    }

    @Test("An unknown name is compared only once for an endpoint, also in copies of the table")
    func remembered() {
        // A table with its own rows starts without names of models from earlier tests; other tests share the built-in table.
        let table = Self.table().keeping { _ in true }
        #expect(table.standIns.count == 0)
        for _ in 0..<3 { _ = table.answering("acme-chat-9", at: .chatCompletions) }
        _ = table.answering("gpt-4o", at: .chatCompletions)
        #expect(table.standIns.count == 1)
        let later = table.seen(at: Self.today + 60, isMoved: false, without: [])
        let first = table.answering("acme-chat-9", at: .responses)
        let second = later.answering("acme-chat-9", at: .responses)
        #expect(later.standIns.count == 2)
        #expect(first.warning == second.warning)
        #expect(first.models["acme-chat-9"]?.contextWindow == second.models["acme-chat-9"]?.contextWindow)
    }

    @Test("A table with other rows compares anew, and finds a row that was added")
    func otherRows() {
        let table = Self.table()
        #expect(table.answering("acme-chat-9-mini", at: .chatCompletions).warning?.contains("typical") == true)
        let more = table.adding(ModelInfo(id: "acme-chat-9", contextWindow: 1000, maximumOutput: 100))
        #expect(more.standIns.count == 0)
        #expect(
            more.answering("acme-chat-9-mini", at: .chatCompletions).models["acme-chat-9-mini"]?.contextWindow == 1000)
    }

    @Test("The number of remembered names is limited")
    func limit() {
        let table = Self.table().keeping { _ in true }
        let memo = table.standIns
        let finding = StandInMemo.Finding(
            row: ModelInfo(id: "a", contextWindow: 1, maximumOutput: 1), relative: nil, isMistyped: false, nearest: nil)
        for number in 0..<(StandInMemo.limit * 3) {
            memo.remember(finding, for: StandInMemo.Key(name: "acme-\(number)", endpoint: .chatCompletions))
        }
        #expect(memo.count <= StandInMemo.limit)
        #expect(memo[StandInMemo.Key(name: "acme-\(StandInMemo.limit * 3 - 1)", endpoint: .chatCompletions)] != nil)
    }

    @Test("A name of a million bytes is answered, is not remembered, and has no nearest name")
    func longName() {
        let table = Self.table().keeping { _ in true }
        let name = "gpt-" + String(repeating: "x", count: 1_000_000)
        let answering = table.answering(name, at: .chatCompletions)
        #expect(table.standIns.count == 0)
        #expect(answering.warning?.contains("Did you mean") != true)
        #expect(EditDistance.between(name, "gpt-4o") == name.utf8.count - "gpt-4o".utf8.count)
        #expect(EditDistance.between("gpt-4o-mni", "gpt-4o-mini") == 1)
    }
}
