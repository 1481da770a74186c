public import Sparring

extension MockServer {
    /// The server of the test that is running: of its `.sparring` trait, or of its suite's.
    ///
    /// - Throws: `NoServer` where there is none, as in a detached task, which inherits nothing.
    public static var current: MockServer {
        get throws {
            guard let server = CurrentServer.value else { throw NoServer() }
            return server
        }
    }
}

/// Asked for a server outside any test with a `.sparring` trait.
public struct NoServer: Error, CustomStringConvertible {
    public var description: String {
        "no server here: give the test or its suite the trait .sparring(…), and ask in the test's own task"
    }
}

enum CurrentServer {
    @TaskLocal static var value: MockServer?
}
