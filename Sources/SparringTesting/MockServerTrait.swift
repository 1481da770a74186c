public import Sparring
public import Testing

/// Gives each test its own server: `@Test(.sparring("two-rate-limits"))`. On a suite, the trait applies to every test
/// in it. A test's own trait takes precedence over the trait of the test's suite.
///
/// When the test has ended, the trait verifies the server. An unmatched request, an unused step, a fault without effect
/// or an unexpected number of attempts becomes an issue of the test, with the exchanges.
public struct MockServerTrait: TestTrait, SuiteTrait, TestScoping {
    private let scenario: MockScenario
    private let configuration: MockServer.Configuration
    private let verifies: Bool
    private let sourceLocation: SourceLocation
    /// A value that distinguishes two equal traits of one test.
    private let identity = Identity()

    private final class Identity: Sendable {}

    init(
        _ scenario: MockScenario, configuration: MockServer.Configuration, verifies: Bool,
        sourceLocation: SourceLocation
    ) {
        self.scenario = scenario
        self.configuration = configuration
        self.verifies = verifies
        self.sourceLocation = sourceLocation
    }

    /// A suite's trait applies to all its tests.
    public var isRecursive: Bool { true }

    /// Runs a test with the server. Swift Testing calls this function.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let innermost = test.traits.lazy.compactMap { $0 as? MockServerTrait }.last
        if let innermost, innermost.identity !== identity { return try await function() }
        // A client has received its answer before the server has recorded that the answer was sent. Therefore the report is read after
        // the server has stopped.
        let server = try await MockServer.with(scenario, configuration: configuration) { server in
            try await CurrentServer.$value.withValue(server) { try await function() }
            return server
        }
        guard verifies else { return }
        do throws(MockServer.VerificationError) {
            try server.verify()
        } catch {
            Issue.record(Comment(rawValue: error.description), sourceLocation: sourceLocation)
        }
    }
}

extension Trait where Self == MockServerTrait {
    /// A server for the test. Read the server as `MockServer.current` while the test runs.
    ///
    /// - Parameters:
    ///   - scenario: by default, answers are generated from the requests.
    ///   - configuration: by default a free port of the loopback interface, without TLS. With a fixed port, tests cannot
    ///     run in parallel.
    ///   - verifies: if false, unmatched requests and unused steps are allowed.
    public static func sparring(
        _ scenario: MockScenario = .auto, configuration: MockServer.Configuration = MockServer.Configuration(),
        verifies: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        MockServerTrait(scenario, configuration: configuration, verifies: verifies, sourceLocation: sourceLocation)
    }
}
