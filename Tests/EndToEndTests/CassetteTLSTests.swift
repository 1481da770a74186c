import Foundation
import TestSupport
import Testing

/// Tests `record` and `replay` with TLS, with the official package and Python's ssl.
@Suite(
    "`record` and `replay` behind TLS", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteTLSTests {
    @Test("`record --tls` and `replay --tls` make the program that they start trust them")
    func program() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await ServerProcess([])
        let client = [PythonClient.interpreter, PythonClient.script("openai_task.py"), "chat"]
        let recorded = try await Slots.clients.use {
            try await SparringBinary.run(["record", cassette, "--tls", "--upstream", upstream.baseURL, "--"] + client)
        }
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        #expect(recorded.standardError.contains("1 exchange recorded on"), "\(recorded.standardError)")
        upstream.child.signal(SIGINT)
        _ = try await upstream.child.outcome()
        let replayed = try await Slots.clients.use {
            try await SparringBinary.run(["replay", cassette, "--tls", "--"] + client)
        }
        #expect(replayed.exitCode == 0, "\(replayed.standardError)")
        #expect(replayed.standardOutput == recorded.standardOutput)
    }

    @Test(
        "`replay` listens with TLS when --tls or the scenario asks for it, and prints its authority file",
        arguments: [true, false])
    func listener(isFlag: Bool) async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let authority = scratch.url.appending(path: "ca.pem").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        _ = try await recorder.ask("/v1/whole")
        _ = try await recorder.stop()
        let scenario = try scratch.write(
            "schema: 1\nscenario: over\notherwise: auto\nlisteners: { tls: }\n", to: "over.yaml")
        let player = try await CassetteServerProcess(
            ["replay", cassette, "--tls-ca-out", authority] + (isFlag ? ["--tls"] : ["--scenario", scenario]))
        #expect(player.child.standardOutput.contains("OPENAI_BASE_URL=https://127.0.0.1:\(player.port)/v1"))
        #expect(player.child.standardOutput.contains("NODE_EXTRA_CA_CERTS=\(authority)"))
        let program = """
            import http.client, ssl
            context = ssl.create_default_context(cafile="\(authority)")
            connection = http.client.HTTPSConnection("localhost", \(player.port), context=context)
            connection.request("POST", "/v1/whole", "{}")
            print(connection.getresponse().read().decode())
            """
        let seen = try await ChildProcess(URL(filePath: PythonClient.interpreter), ["-c", program])
            .outcome()
        #expect(seen.standardOutput.contains(#"data: {"n": 2}"#), "\(seen)")
        let plain = try await player.ask("/v1/whole")
        #expect(!plain.text.contains("200 OK"), "\(plain)")
    }
}
