public import Sparring

extension MockServer {
    /// The server of the running test, from the `.sparring` trait of the test or of its suite.
    ///
    /// A detached task does not inherit the server: read `current` before the task starts.
    ///
    /// - Throws: ``NoCurrentServer`` if the test has no such trait.
    public static var current: MockServer {
        get throws {
            guard let server = CurrentServer.value else { throw NoCurrentServer() }
            return server
        }
    }

    /// The error that the running task belongs to no test with a `.sparring` trait.
    public struct NoCurrentServer: Error, Sendable, CustomStringConvertible {
        public var description: String {
            "no server: add the trait .sparring(…) to the test or its suite, and read `current` in the test's own task"
        }
    }
}

enum CurrentServer {
    @TaskLocal static var value: MockServer?
}
