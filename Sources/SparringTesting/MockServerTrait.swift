public import Sparring
public import Testing

/// Gives each test a server of its own: `@Test(.sparring("two-rate-limits"))`, or on a suite, for every test in it. A test's own
/// trait takes precedence over its suite's.
///
/// When the test has ended, the server is verified: an unmatched request, a step left over, a fault without effect or an unexpected
/// number of attempts is an issue of the test, with what went over the wire.
public struct MockServerTrait: TestTrait, SuiteTrait, TestScoping {
    private let scenario: MockScenario
    private let configuration: MockServer.Configuration
    private let verifies: Bool
    private let sourceLocation: SourceLocation
    /// Two traits of one test may be equal in everything else.
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

    /// A suite's trait is for all its tests.
    public var isRecursive: Bool { true }

    /// Runs a test with the server. Swift Testing calls it.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let innermost = test.traits.lazy.compactMap { $0 as? MockServerTrait }.last
        if let innermost, innermost.identity !== identity { return try await function() }
        // A client has its answer before the server notes that it was sent: only a server that has stopped knows how each one went.
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
    /// A server for the test, found in `MockServer.current` while the test runs.
    ///
    /// - Parameters:
    ///   - scenario: what the server answers. By default answers are made up from the requests.
    ///   - configuration: by default a free port of the loopback interface, without TLS. A fixed port is for tests that do not run at
    ///     once.
    ///   - verifies: false allows unmatched requests and steps left over.
    public static func sparring(
        _ scenario: MockScenario = .auto, configuration: MockServer.Configuration = MockServer.Configuration(),
        verifies: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        MockServerTrait(scenario, configuration: configuration, verifies: verifies, sourceLocation: sourceLocation)
    }
}
