import Foundation
import Sparring
import Testing

@Suite("MockServer.Configuration", .timeLimit(.minutes(20)))
struct MockConfigurationTests {
    private static func configuration(
        _ change: (inout MockServer.Configuration) -> Void
    ) -> MockServer.Configuration {
        var configuration = MockServer.Configuration()
        change(&configuration)
        return configuration
    }

    @Test("A configuration has the defaults of a local server")
    func defaults() {
        let configuration = MockServer.Configuration()
        #expect(configuration.host == "127.0.0.1" && configuration.port == 0 && configuration.seed == nil)
        #expect(configuration.validation == nil && configuration.timeScale == 1 && configuration.adminToken == nil)
        #expect(configuration.tls == nil && !configuration.isHTTP2Enabled)
        #expect(configuration.limits == MockServer.Limits())
        #expect(configuration.connectionFaults.sequence.isEmpty)
    }

    @Test("The seed of a configuration determines generated answers")
    func seed() async throws {
        func id(_ seed: UInt64) async throws -> MockJSON? {
            try await MockServer.with(configuration: .init(seed: seed)) { server async throws in
                #expect(server.report().seed == seed)
                return try await TestClient.chat(server.baseURL).json?["id"]
            }
        }
        let (first, again, other) = (try await id(1), try await id(1), try await id(2))
        #expect(first != nil && first == again && first != other)
    }

    @Test(
        "The validation of a configuration determines the answers to invalid requests",
        arguments: [(nil, 404), (.strict, 404), (.lenient, 200), (.examples, 200)]
            as [(MockServer.Validation?, Int)])
    func validation(validation: MockServer.Validation?, status: Int) async throws {
        let configuration = Self.configuration { $0.validation = validation }
        #expect(configuration.validation == validation)
        try await MockServer.with(configuration: configuration) { server async throws in
            #expect(try await TestClient.chat(server.baseURL, model: "gpt-4o-mni").status == status)
        }
    }

    @Test("The time scale of a configuration shortens waits")
    func timeScale() async throws {
        let scenario = MockScenario(steps: [.error(.slowDown, retryAfter: .seconds(100))])
        let configuration = Self.configuration { $0.timeScale = 0.01 }
        try await MockServer.with(scenario, configuration: configuration) { server async throws in
            #expect(try await TestClient.chat(server.baseURL).headers["retry-after"] == "1")
        }
    }

    @Test("The limits of a configuration reject larger bodies and keep fewer calls")
    func limits() async throws {
        let configuration = Self.configuration {
            $0.limits.bodyBytes = 200
            $0.limits.callsPerSession = 2
        }
        #expect(configuration.limits.bodyBytes == 200 && configuration.limits.callsPerSession == 2)
        try await MockServer.with(configuration: configuration) { server async throws in
            for _ in 0..<3 { _ = try await TestClient.chat(server.baseURL) }
            #expect(server.calls.count == 2 && server.report().droppedExchanges == 1)
            let large = try await TestClient.chat(server.baseURL, String(repeating: "x", count: 200))
            #expect(large.status == 413)
        }
    }

    @Test("The admin API requires the admin token of the configuration")
    func adminToken() async throws {
        let configuration = Self.configuration { $0.adminToken = "secret" }
        try await MockServer.with(configuration: configuration) { server async throws in
            let url = "\(server.scheme)://\(server.host):\(server.port)/_sparring/journal"
            #expect(try await TestClient.get(url).status == 401)
            #expect(try await TestClient.get(url, headers: ["Authorization": "Bearer secret"]).status == 200)
        }
    }

    @Test("A server listens on the address and port of its configuration, and its base URL names them")
    func address() async throws {
        // On other systems, such an address must be configured first.
        #if os(Linux)
            let port = try await MockServer.with { $0.port }
            try await MockServer.with(configuration: .init(host: "127.0.0.2", port: port)) { server async throws in
                #expect(server.baseURL == "http://127.0.0.2:\(port)/v1")
                #expect(try await TestClient.chat(server.baseURL).status == 200)
            }
        #endif
        try await MockServer.with(configuration: .init(host: "0.0.0.0")) { server async throws in
            #expect(server.host == "127.0.0.1")
            #expect(try await TestClient.chat(server.baseURL).status == 200)
        }
    }

    @Test("Servers of one configuration share no files")
    func sharedConfiguration() async throws {
        let configuration = MockServer.Configuration()
        let form = """
            --b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--b\r\n\
            Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n
            """
        try await MockServer.with(configuration: configuration) { first async throws in
            let upload = try await TestClient.post(
                first.baseURL + "/files", form, headers: ["Content-Type": "multipart/form-data; boundary=b"])
            #expect(upload.status == 200)
            let (own, other) = try await MockServer.with(configuration: configuration) { second async throws in
                (
                    try await TestClient.get(first.baseURL + "/files", headers: ["Authorization": "Bearer x"]),
                    try await TestClient.get(second.baseURL + "/files", headers: ["Authorization": "Bearer x"])
                )
            }
            #expect(own.json?["data"]?.array?.count == 1 && other.json?["data"]?.array?.count == 0)
        }
    }

    @Test("Connection faults of a configuration are applied in order")
    func connectionFaults() async throws {
        let configuration = Self.configuration { $0.connectionFaults = .init([[.acceptClose(.reset)]], then: .last) }
        try await MockServer.with(configuration: configuration) { server async throws in
            await #expect(throws: (any Error).self) { try await TestClient.chat(server.baseURL) }
            #expect(server.calls.isEmpty)
        }
    }

    @Test(
        "An invalid configuration is refused before the server starts",
        arguments: [
            (configuration { $0.timeScale = 0 }, "a time scale must be from 0.0001 to 1000, not 0.0"),
            (configuration { $0.port = 70_000 }, "a port must be from 0 to 65535, not 70000"),
            (configuration { $0.adminToken = "" }, "an admin token is visible ASCII"),
            (configuration { $0.adminToken = "a b" }, "an admin token is visible ASCII"),
            (configuration { $0.connectionFaults = .init([[.oldProtocol]]) }, "needs TLS"),
            (configuration { $0.connectionFaults = .init([[.http2Stall()]]) }, "HTTP/2"),
            (configuration { $0.connectionFaults = .init([[.fin()]]) }, "breaks answers"),
        ])
    func mistakes(configuration: MockServer.Configuration, expected: String) async throws {
        let error = await #expect(throws: (any Error).self) {
            try await MockServer.start(configuration: configuration)
        }
        let text = error.map { "\($0)" } ?? "no error"
        #expect(text.contains(expected), "\(text)")
    }
}
