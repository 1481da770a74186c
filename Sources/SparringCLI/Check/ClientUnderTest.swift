import Foundation
import SparringConformance
import SparringDriver

/// The program after `--`, ready to be asked.
struct ClientUnderTest: Sendable {
    var driver: any Driver
    /// What a session driver says of itself; nil where each case is a process of its own.
    var introduction: DriverIntroduction?
    private let session: SessionDriver?

    /// - Parameter trust: by what in its environment it trusts the server.
    /// - Throws: where a driver does not introduce itself.
    static func start(
        _ command: [String], isDriver: Bool, mostRestarts: Int = 5, trust: [String: String] = [:]
    ) async throws(LaunchError) -> ClientUnderTest {
        guard isDriver else {
            return ClientUnderTest(
                driver: Subject(command: command, environment: trust), introduction: nil, session: nil)
        }
        let (session, introduction) = try await SessionDriver.start(
            command, kit: Version.text, mostRestarts: mostRestarts, environment: trust)
        return ClientUnderTest(driver: session, introduction: introduction, session: session)
    }

    /// What a driver says that its client can do. Words of a later protocol are no capabilities of this kit.
    var capabilities: Set<Capability> {
        Set((introduction?.capabilities ?? []).compactMap(Capability.init))
    }

    /// Cases at once, where nobody says.
    var concurrency: Int {
        introduction.map { min($0.concurrency, 32) } ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
    }

    func stop() async { await session?.stop() }
}
