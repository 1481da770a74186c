import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("Gateway cases that a client under test can play")
struct ClientReachTests {
    private static func subject(
        _ calls: [GatewayCall], _ questions: [GatewayRequirement.Question] = [.status([200])]
    ) -> GatewayCase {
        GatewayCase(
            id: "mine.case", since: "", title: "", why: "", references: [], level: .must, needs: [], upstreams: [:],
            calls: calls, requirements: questions.map { GatewayRequirement($0, level: .must) }, timeout: .seconds(1),
            line: 1)
    }

    private static let program = ClientReach(capabilities: nil, concurrency: 2)
    private static let driver = ClientReach(capabilities: [.chat], concurrency: 8)

    @Test("A case of plain calls is played by a program and by a driver")
    func plain() {
        let plain = Self.subject([GatewayCall(times: 40), GatewayCall(key: .other, times: 2, isTogether: true)])
        #expect(Self.program.obstacle(to: plain) == nil)
        #expect(Self.driver.obstacle(to: plain) == nil)
    }

    @Test(
        "A call that a client cannot make is named with the reason",
        arguments: [
            (GatewayCall(body: ["seed": 7]), "gets no parameters with its task, and the case sends seed"),
            (GatewayCall(headers: ["x-team": "red"]), "gets no header fields"),
            (GatewayCall(leave: .afterEvents(3)), "the moment at which it disconnects"),
            (GatewayCall(pause: .seconds(2)), "has no task that stops reading"),
            (GatewayCall(times: 40, isTogether: true), "40 calls at a time, and the client makes at most 8"),
            (GatewayCall(filler: 2_000_000), "a prompt of 2000000 bytes"),
            (GatewayCall(isStream: true), "does not have the capability chat.stream"),
        ])
    func obstacle(call: GatewayCall, words: String) {
        let reason = Self.driver.obstacle(to: Self.subject([GatewayCall(), call]))
        #expect(reason?.contains(words) == true, "\(reason ?? "")")
        #expect(reason?.hasSuffix("; play this case without a client of your own") == true)
    }

    @Test("A prompt that a driver reads in a line may not fit into the environment of a program")
    func prompt() {
        let large = Self.subject([GatewayCall(filler: 400_000)])
        #expect(Self.program.obstacle(to: large)?.contains("at most 32768") == true)
        #expect(Self.driver.obstacle(to: large) == nil)
    }

    @Test("A case whose requirements a client reports nothing about is not played; one that has another requirement is")
    func unreported() {
        #expect(Self.program.obstacle(to: Self.subject([GatewayCall()], [.usage]))?.contains("the usage") == true)
        #expect(
            Self.program.obstacle(to: Self.subject([GatewayCall()], [.usage, .attempts(upstream: nil, 1...1)])) == nil)
    }
}
