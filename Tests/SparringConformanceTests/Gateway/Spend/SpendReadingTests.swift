import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The amounts that a gateway says it has booked")
struct SpendReadingTests {
    private static let interface = SpendInterface(
        path: "/spend/{key}", key: "sk-admin", places: SpendReadingTests.places(["$.info.spend", "$.info.count"]))

    private static func places(_ texts: [String]) -> [SpendFigure: JSONPath] {
        Dictionary(uniqueKeysWithValues: zip([SpendFigure.cost, .requests], texts.compactMap(JSONPath.init)))
    }

    @Test("The numbers are read from their places in the answer, whole numbers too")
    func numbers() throws {
        let answer = GatewaySight.answer(["info": ["spend": 0.25, "count": 3, "name": "team"]])
        #expect(try Self.interface.amounts(in: answer) == [.cost: 0.25, .requests: 3])
    }

    /// An answer that gives no amounts, and the part of the sentence that says why and what to change.
    struct Bad: Sendable {
        var status = 200
        var body: String
        var ending = GatewayAnswer.Ending.complete
        var words: String
    }

    @Test(
        "An answer without amounts is a sentence that says what to change, without a part of the answer",
        arguments: [
            Bad(status: 404, body: "{}", words: "answers 404: correct spend.path"),
            Bad(status: 401, body: "{}", words: "is refused with 401: give spend.key"),
            Bad(status: 500, body: "{}", words: "answers 500, not 200: see the gateway's log"),
            Bad(body: "", words: "has an empty answer: correct spend.path"),
            Bad(body: "<html>secret</html>", words: "is not JSON: correct spend.path"),
            Bad(body: "[]", words: "has nothing at $.info.spend: correct spend.cost"),
            Bad(body: #"{"info":{"spend":"secret","count":1}}"#, words: "has text at $.info.spend, not a number"),
            Bad(body: #"{"info":{"spend":null,"count":1}}"#, words: "has null at $.info.spend, not a number"),
            Bad(body: #"{"info":{"spend":{},"count":1}}"#, words: "has an object at $.info.spend, not a number"),
            Bad(
                body: #"{"info":{"spend":1,"count":[2]}}"#,
                words: "a list at $.info.count, not a number: correct spend.requests"),
            Bad(body: #"{"info":{"spend":1e300,"count":1}}"#, words: "too large for an amount"),
            Bad(body: "{", ending: .broken("the connection was reset"), words: "gets no answer (broke off"),
            Bad(body: "", ending: .expired, words: "gets no answer (it did not end"),
        ])
    func bad(answer: Bad) {
        let seen = GatewayAnswer(
            sentAt: GatewaySight.at(0), head: UpstreamHead(status: answer.status, headers: [:]),
            headAt: GatewaySight.at(1),
            pieces: [GatewayAnswer.Piece(at: GatewaySight.at(2), bytes: Array(answer.body.utf8))],
            ending: answer.ending,
            endedAt: GatewaySight.at(3))
        let problem = #expect(throws: SpendProblem.self) { try Self.interface.amounts(in: seen) }
        #expect(problem?.description.contains(answer.words) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("/spend/{key}") == true)
        #expect(problem?.description.contains("secret") == false)
    }

    @Test("A message shows the request without its query, which may have a key")
    func query() {
        let interface = SpendInterface(path: "/key/info?token=secret&key={key}", places: Self.places(["$.spend"]))
        let problem = #expect(throws: SpendProblem.self) {
            try interface.amounts(in: GatewaySight.answer(["spend": "1"]))
        }
        #expect(problem?.description.contains("the answer of GET /key/info has text at $.spend") == true)
    }

    @Test("A gateway that gives no head gets the same kind of sentence")
    func noHead() {
        let seen = GatewayAnswer(
            sentAt: GatewaySight.at(0), ending: .broken("no connection: refused"), endedAt: GatewaySight.at(1))
        let problem = #expect(throws: SpendProblem.self) { try Self.interface.amounts(in: seen) }
        #expect(
            problem?.description.contains("gets no answer (broke off: no connection: refused): correct spend.path")
                == true)
    }

    @Test("The client's key is percent-encoded in the target, and asks for itself without a key of its own")
    func request() {
        #expect(Self.interface.target(for: "sk a/b") == "/spend/sk%20a%2Fb")
        #expect(Self.interface.fields(for: "sk-client")["authorization"] == "Bearer sk-admin")
        var own = Self.interface
        own.key = nil
        #expect(own.fields(for: "sk-client")["authorization"] == "Bearer sk-client")
        own.headers = ["Authorization": "Basic YQ==", "x-team": "red"]
        #expect(own.fields(for: "sk-client").fields.map(\.value) == ["Basic YQ==", "red"])
    }

    private static func accounts(_ dollars: Double) -> [SpendAccount] {
        [SpendAccount(names: [.usual], booked: .success([.cost: dollars]))]
    }

    @Test("Amounts are final if they have not changed for the stated time; a change begins the time again")
    func settled() {
        var settling = SpendSettling(Self.interface, first: Self.accounts(1), at: GatewaySight.at(0))
        #expect(settling.amounts(at: GatewaySight.at(4999)) == nil)
        settling.add(Self.accounts(2), at: GatewaySight.at(4999))
        #expect(settling.amounts(at: GatewaySight.at(6000)) == nil)
        settling.add(Self.accounts(2), at: GatewaySight.at(9000))
        #expect(settling.amounts(at: GatewaySight.at(10_000)) == Self.accounts(2))
    }

    @Test("Amounts that never stop changing are unknown, and the sentence says what to change")
    func restless() throws {
        var settling = SpendSettling(Self.interface, first: Self.accounts(0), at: GatewaySight.at(0))
        for second in 1...20 { settling.add(Self.accounts(Double(second)), at: GatewaySight.at(second * 1000)) }
        let account = try #require(settling.amounts(at: GatewaySight.at(20_000))?.first)
        let problem = #expect(throws: SpendProblem.self) { try account.booked.get() }
        #expect(problem?.description.contains("still changed 20 s after the last call") == true)
        #expect(problem?.description.contains("make spend.within longer than 5 s") == true)
    }
}
