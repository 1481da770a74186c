public import Sparring
public import Testing

/// A server of its own for each test: `@Test(.sparring("two-rate-limits"))`, or a suite's, for every test in it. The innermost
/// one counts.
///
/// The scenario is held against what happened when the test has ended: a request that nothing matched, a step left over or a fault
/// that could not do its work is an issue of the test, with the wire.
public struct ServerTrait: TestTrait, SuiteTrait, TestScoping {
    private let scenario: Scenario
    private let seed: UInt64?
    private let verifies: Bool
    private let sourceLocation: SourceLocation
    /// Two traits of one test may be equal in everything else.
    private let identity = Identity()

    private final class Identity: Sendable {}

    init(_ scenario: Scenario, seed: UInt64?, verifies: Bool, sourceLocation: SourceLocation) {
        self.scenario = scenario
        self.seed = seed
        self.verifies = verifies
        self.sourceLocation = sourceLocation
    }

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let innermost = test.traits.lazy.compactMap { $0 as? ServerTrait }.last
        if let innermost, innermost.identity !== identity { return try await function() }
        // A client has its answer before the server has noted that it was sent; once it has stopped, every exchange is told to its end.
        let server = try await MockServer.with(scenario, seed: seed) { server in
            try await CurrentServer.$value.withValue(server) { try await function() }
            return server
        }
        let complaints = server.complaints
        guard verifies, !complaints.isEmpty else { return }
        let text = (["the scenario did not come true"] + complaints + server.trace).joined(separator: "\n")
        Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    }
}

extension Trait where Self == ServerTrait {
    /// A server that answers by a scenario, found in `MockServer.current` while the test runs.
    ///
    /// - Parameters:
    ///   - scenario: a built-in one by its name, YAML, or steps; without one every request gets an answer made up from it.
    ///   - verifies: false lets steps be left over and requests be unmatched.
    public static func sparring(
        _ scenario: Scenario = .auto, seed: UInt64? = nil, verifies: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        ServerTrait(scenario, seed: seed, verifies: verifies, sourceLocation: sourceLocation)
    }
}
