import Foundation
import Sparring
import SparringCertificates
import SparringExchange
import SparringHTTP
import SparringWire
import Testing

@Suite("MockServer.TLS", .timeLimit(.minutes(20)))
struct MockTLSTests {
    private let authority: CertificateAuthority
    private let identities: TLSIdentities

    init() throws {
        authority = try CertificateAuthority(unixTime: Int(Date().timeIntervalSince1970))
        identities = try authority.identities(hosts: ["localhost", "127.0.0.1"])
    }

    private func identity(_ identity: TLSIdentity) -> MockServer.TLS.Identity {
        MockServer.TLS.Identity(certificates: identity.chain, privateKey: identity.key)
    }

    private static func block(_ label: String, _ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString(options: .lineLength64Characters)
        return "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
    }

    /// The status of `GET /v1/models` for a client that trusts the authority, or the reason why it is missing.
    private func answer(of server: MockServer) async throws -> UpstreamEvent {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pem")
        try Data(authority.pem.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let client = try UpstreamClient(
            .init(host: "localhost", port: server.port, isTLS: true, authorities: [file.path]), clock: MonotonicClock())
        defer { client.close() }
        let (events, sink) = AsyncStream.makeStream(of: UpstreamEvent.self)
        let call = client.send(
            Request(method: "GET", target: "/v1/models", headers: ["host": "localhost", "authorization": "Bearer x"]),
            observer: Observer(sink: sink))
        defer { call.cancel() }
        for await event in events {
            switch event {
            case .head, .failed: return event
            case .sent, .body, .end: continue
            }
        }
        throw CancellationError()
    }

    private struct Observer: UpstreamObserver {
        let sink: AsyncStream<UpstreamEvent>.Continuation

        func heard(_ event: UpstreamEvent, at moment: Moment) { sink.yield(event) }
    }

    @Test("A server with TLS answers a client that trusts its certificate")
    func answers() async throws {
        var configuration = MockServer.Configuration()
        configuration.tls = MockServer.TLS(identity(identities.good))
        #expect(configuration.tls?.identity == identity(identities.good))
        try await MockServer.with(configuration: configuration) { server async throws in
            #expect(server.baseURL == "https://127.0.0.1:\(server.port)/v1")
            guard case .head(let head) = try await answer(of: server) else {
                Issue.record("no answer")
                return
            }
            #expect(head.status == 200)
        }
    }

    @Test("A server with TLS uses the flawed certificate of a connection fault")
    func flawed() async throws {
        let expired = identity(try #require(identities.flawed[.expired]))
        var configuration = MockServer.Configuration()
        configuration.connectionFaults = .init([[.badCertificate(.expired)]])
        configuration.tls = MockServer.TLS(identity(identities.good))
        let error = await #expect(throws: MockServer.InvalidValue.self) {
            try await MockServer.start(configuration: configuration)
        }
        #expect(error?.description.contains("needs a certificate: set `flawed`") == true)
        configuration.tls = MockServer.TLS(identity(identities.good), flawed: [.expired: expired])
        try await MockServer.with(configuration: configuration) { server async throws in
            guard case .failed(.unreachable) = try await answer(of: server) else {
                Issue.record("the client accepted an expired certificate")
                return
            }
        }
    }

    @Test("A scenario with a listener for TLS needs certificates, and is served with them")
    func listener() async throws {
        let scenario = MockScenario(
            yaml: "schema: 1\nscenario: s\nlisteners: { tls: { sequence: [ok] } }\notherwise: auto")
        let error = await #expect(throws: MockScenarioError.self) { try await MockServer.start(scenario) }
        #expect(error?.description.contains("needs certificates: set `tls`") == true)
        var configuration = MockServer.Configuration()
        configuration.tls = MockServer.TLS(identity(identities.good))
        try await MockServer.with(scenario, configuration: configuration) { server async throws in
            guard case .head = try await answer(of: server) else {
                Issue.record("no answer")
                return
            }
        }
    }

    @Test("Certificates and keys are read from PEM")
    func readPEM() throws {
        let good = identities.good
        let read = try MockServer.TLS.Identity(
            pemCertificates: "a comment\n" + good.chain.map { Self.block("CERTIFICATE", $0) }.joined(),
            pemPrivateKey: Self.block("PRIVATE KEY", good.key).replacing("\n", with: "\r\n"))
        #expect(read == identity(good))
    }

    @Test(
        "PEM without a complete block is refused",
        arguments: [
            "", "-----BEGIN CERTIFICATE-----\nAA==\n", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
            block("PRIVATE KEY", [1]),
        ])
    func badPEM(text: String) {
        #expect(throws: MockServer.InvalidValue.self) {
            try MockServer.TLS.Identity(pemCertificates: text, pemPrivateKey: Self.block("PRIVATE KEY", [1]))
        }
    }
}
