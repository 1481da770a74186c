import Foundation
import SparringConformance
import SparringDriver

/// The program after `--`, started and ready for calls.
struct ClientUnderTest: Sendable {
    var driver: any Driver
    /// The message in which a driver introduces itself; nil if each case starts its own process.
    var introduction: DriverIntroduction?
    private let session: SessionDriver?

    /// - Parameter trust: environment variables that make the program trust the server's certificate.
    /// - Throws: `LaunchError` if a driver does not introduce itself.
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

    /// The features that a driver claims. Names of a later protocol version are ignored.
    var capabilities: Set<Capability> {
        Set((introduction?.capabilities ?? []).compactMap(Capability.init))
    }

    /// The default number of cases that run at the same time.
    var concurrency: Int {
        introduction.map { min($0.concurrency, 32) } ?? min(4, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The client in the place of Sparring's own client in front of a gateway.
    var gatewayDriver: GatewayDriver {
        GatewayDriver(
            driver, reach: ClientReach(capabilities: introduction == nil ? nil : capabilities, concurrency: concurrency)
        )
    }

    func stop() async { await session?.stop() }
}
