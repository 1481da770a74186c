import Testing

@testable import SparringExchange

@Suite("Exchanges")
struct ExchangeTests {
    @Test(
        "The path of a request ends before its query",
        arguments: [("/v1/models", "/v1/models"), ("/v1/files?limit=2", "/v1/files"), ("?", "")])
    func path(target: String, expected: String) { #expect(Request(method: "GET", target: target).path == expected) }

    @Test("The difference of two moments is the time between them")
    func moments() {
        #expect(Moment(nanoseconds: 3_000_000) - Moment(nanoseconds: 1_000_000) == .milliseconds(2))
        #expect(Moment(nanoseconds: 1) < Moment(nanoseconds: 2))
    }
}
