import Foundation
import Sparring
import SparringTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The status of one chat call.
private func status(_ server: MockServer) async throws -> Int {
    var request = URLRequest(url: try #require(URL(string: server.baseURL + "/chat/completions")))
    request.httpMethod = "POST"
    request.timeoutInterval = 600
    request.setValue("Bearer \(server.apiKey)", forHTTPHeaderField: "Authorization")
    request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#.utf8)
    let (_, response) = try await URLSession.shared.data(for: request)
    return try #require(response as? HTTPURLResponse).statusCode
}

@Suite("The .sparring trait of a suite", .sparring("two-rate-limits", verifies: false), .timeLimit(.minutes(20)))
struct SuiteTraitTests {
    @Test("The .sparring trait of a suite gives each test case its own server", arguments: 1...4)
    func each(case number: Int) async throws {
        let server = try MockServer.current
        let first = try await status(server)
        #expect(first == 429)
        #expect(server.calls.count == 1)
    }

    @Test("The .sparring trait of a test overrides that of its suite", .sparring("hello"))
    func innermost() async throws {
        let server = try MockServer.current
        let only = try await status(server)
        #expect(only == 200)
    }
}

@Suite("The .sparring trait", .timeLimit(.minutes(20)))
struct TraitTests {
    @Test("The .sparring trait answers every call by default", .sparring())
    func auto() async throws {
        let only = try await status(MockServer.current)
        #expect(only == 200)
    }

    @Test("The .sparring trait records an issue with the exchanges when a step is unused")
    func leftOver() async throws {
        try await complaint(matching: ["left over: rule 1, step 1", "← 429  rule 1, step 1"]) {
            _ = try await status(MockServer.current)
        }
    }

    @Test(
        "The .sparring trait starts the server with its configuration", .sparring(configuration: .init(seed: 7)))
    func configuration() async throws {
        #expect(try MockServer.current.report().seed == 7)
    }

    @Test("The .sparring trait records an issue when a script that the test has set is not used up")
    func ownScript() async throws {
        try await complaint(.sparring(), matching: ["left over: rule 1, step 1"]) {
            try MockServer.current.use(MockScenario(steps: [.text("never asked for")]))
        }
    }

    @Test("The .sparring trait rethrows an error of the test")
    func errors() async throws {
        let trait = MockServerTrait.sparring("two-rate-limits")
        let test = try #require(Test.current)
        await #expect(throws: CancellationError.self) {
            try await trait.provideScope(for: test, testCase: nil) { throw CancellationError() }
        }
    }

    @Test("MockServer.current without a server names the .sparring trait")
    func none() {
        let error = #expect(throws: MockServer.NoCurrentServer.self) { try MockServer.current }
        #expect(error?.description.contains(".sparring") == true)
    }

    /// Runs a body in a scope that must record an issue with those words.
    private func complaint(
        _ trait: MockServerTrait = .sparring("two-rate-limits"), matching words: [String],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let test = try #require(Test.current)
        try await withKnownIssue {
            try await trait.provideScope(for: test, testCase: nil, performing: body)
        } matching: { issue in
            words.allSatisfy { word in issue.comments.contains { $0.rawValue.contains(word) } }
        }
    }
}
