import SparringExchange
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Capabilities of a client")
struct CapabilityTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var body: String
        var endpoint: String
        var shown: Set<Capability>

        var testDescription: String { "\(endpoint) \(body)" }
    }

    @Test(
        "The capabilities of a client are read from its calls",
        arguments: [
            Row(body: "{}", endpoint: "chat.completions", shown: [.chat]),
            Row(body: #"{"stream":true}"#, endpoint: "chat.completions", shown: [.chatStream]),
            Row(body: #"{"stream":null,"tools":[]}"#, endpoint: "chat.completions", shown: [.chat]),
            Row(body: #"{"tools":[{}]}"#, endpoint: "chat.completions", shown: [.chat, .tools]),
            Row(
                body: #"{"response_format":{"type":"json_schema"},"stream":true}"#, endpoint: "chat.completions",
                shown: [.chatStream, .structured]),
            Row(
                body: #"{"response_format":{"type":"json_object"}}"#, endpoint: "chat.completions", shown: [.chat]),
            Row(
                body: #"{"text":{"format":{"type":"json_schema"}}}"#, endpoint: "responses",
                shown: [.responses, .structured]),
            Row(body: #"{"text":{"format":{"type":"text"}}}"#, endpoint: "responses", shown: [.responses]),
            Row(body: #"{"stream":true}"#, endpoint: "responses", shown: [.responsesStream]),
            Row(body: "{}", endpoint: "responses", shown: [.responses]),
            Row(body: "{}", endpoint: "embeddings", shown: [.embeddings]),
            Row(body: #"{"encoding_format":"float"}"#, endpoint: "embeddings", shown: [.embeddings]),
            Row(
                body: #"{"encoding_format":"base64"}"#, endpoint: "embeddings",
                shown: [.embeddings, .embeddingsBase64]),
            Row(body: "", endpoint: "files.create", shown: [.files]),
            Row(body: "{}", endpoint: "batches.create", shown: [.batches]),
            Row(body: "{}", endpoint: "models", shown: []), Row(body: "no json", endpoint: "responses", shown: []),
        ])
    func shown(row: Row) throws {
        var exchange = try #require(Sight.of([.init(came: 0, left: 1, body: row.body)]).exchanges.first)
        exchange.decision.endpoint = row.endpoint
        #expect(Capability.shown(by: exchange) == row.shown)
    }

    @Test("A case lacks the capabilities that were neither detected nor declared")
    func missing() {
        var subject = Case.of(Expectation())
        #expect(ClientCapabilities().missing(for: subject) == [])
        subject.task.operation = .chatStream
        subject.needs = [.tools, .cancel]
        #expect(ClientCapabilities().missing(for: subject) == [.chatStream, .tools, .cancel])
        #expect(ClientCapabilities(said: [.cancel], seen: [.chatStream]).missing(for: subject) == [.tools])
        #expect(ClientCapabilities(said: [.cancel], seen: [.chatStream, .tools]).missing(for: subject) == [])
    }

    @Test("A plain call shows its capability, and whether the program prints the text of answers")
    func learns() {
        let subject = Case.of(Expectation(text: "pong {{session}}"))
        var claims = ClientCapabilities()
        claims.learn(from: subject, seeing: Sight.of([.init(came: 0, left: 1)]))
        #expect(claims == ClientCapabilities(seen: [.chat]))
        claims.learn(from: subject, seeing: Sight.of([.init(came: 0, left: 1)], output: "pong 7f3a"))
        #expect(claims == ClientCapabilities(seen: [.chat], shows: [.chat]))
    }

    @Test("A call beside a conversation shows its capability only if the client also does the task of such calls")
    func learnsBeside() {
        var claims = ClientCapabilities()
        let search = Sight.Attempt(came: 0, left: 1, endpoint: "embeddings")
        claims.learn(
            from: .of(Expectation(text: "pong {{session}}")),
            seeing: Sight.of([search, .init(came: 2, left: 3)], output: "pong 7f3a"))
        #expect(claims.seen == [.chat])
        var embedding = Case.of(Expectation(text: "1/4"))
        embedding.task.operation = .embeddings
        let scripted = Sight.Attempt(came: 0, left: 1, endpoint: "embeddings", step: "step 1")
        claims.learn(from: embedding, seeing: Sight.of([scripted], output: "a note"))
        #expect(claims.seen == [.chat])
        claims.learn(from: embedding, seeing: Sight.of([scripted], output: "1/4"))
        #expect(claims.seen == [.chat, .embeddings])
    }

    @Test(
        "A client that reaches a TLS listener has the capability tls, and a client without a call does not"
    )
    func learnsOfTrust() {
        var subject = Case.of(Expectation())
        subject.scenario.listener = Scenario.Listener(isTLS: true)
        var claims = ClientCapabilities()
        claims.learn(from: subject, seeing: Sight.of([]))
        #expect(claims == ClientCapabilities())
        claims.learn(from: subject, seeing: Sight.of([.init(came: 0, left: 1)]))
        #expect(claims.seen.contains(.tls))
    }

    @Test("A program without conversations lacks the capability chat for plain calls, but not for other cases")
    func withoutConversations() {
        var subject = Case.of(Expectation())
        let claims = ClientCapabilities(seen: [.embeddings], converses: false)
        #expect(claims.missing(for: subject) == [.chat])
        subject.task.operation = .embeddings
        #expect(claims.missing(for: subject) == [])
    }

    @Test("The upload of a batch's lines does not show that the program uploads files")
    func uploadOfBatch() {
        var attempts = [Sight.Attempt(came: 0, left: 1), Sight.Attempt(came: 2, left: 3)]
        attempts[0].endpoint = "files.create"
        var claims = ClientCapabilities()
        claims.learn(from: .of(Expectation()), seeing: Sight.of([attempts[0]]))
        #expect(claims.seen == [.files])
        claims = ClientCapabilities()
        attempts[1].endpoint = "batches.create"
        claims.learn(from: .of(Expectation()), seeing: Sight.of(attempts))
        #expect(claims.seen == [.batches])
    }

    @Test("A case that does not apply is skipped")
    func skipped() {
        let check = Case.of(Expectation()).notApplicable(missing: [.tools, .batches])
        #expect(check.expected == "needs tools, batches")
        #expect(Verdict(of: [check]) == .skip)
    }
}
