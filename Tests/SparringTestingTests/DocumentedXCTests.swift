import Sparring
import XCTest

// The test below is in the article GettingStarted of Sources/Sparring/Sparring.docc, word for word.

final class RetryTests: XCTestCase {
    func testRetriesAfterTwoRateLimits() async throws {
        try await MockServer.with("two-rate-limits") { server in
            let answer = try await ChatClient(server).chat("hi")
            XCTAssertEqual(answer, "Third time lucky.")
            XCTAssertEqual(server.calls.map(\.status), [429, 429, 200])
            try server.verify()
        }
    }
}
