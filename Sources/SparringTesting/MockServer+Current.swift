public import Sparring

extension MockServer {
    /// The server of the running test: that of its `.sparring` trait, or of its suite's.
    ///
    /// A detached task inherits nothing: read `current` before it starts.
    ///
    /// - Throws: ``NoCurrentServer`` if there is no such trait.
    public static var current: MockServer {
        get throws {
            guard let server = CurrentServer.value else { throw NoCurrentServer() }
            return server
        }
    }

    /// The running task belongs to no test with a `.sparring` trait.
    public struct NoCurrentServer: Error, Sendable, CustomStringConvertible {
        public var description: String {
            "no server here: give the test or its suite the trait .sparring(…), and ask in the test's own task"
        }
    }
}

enum CurrentServer {
    @TaskLocal static var value: MockServer?
}
