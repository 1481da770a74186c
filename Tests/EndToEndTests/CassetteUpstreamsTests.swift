import Foundation
import TestSupport
import Testing

/// The Python environment with servers of other authors.
private enum OtherServers {
    static let interpreter = SparringBinary.root.appending(path: ".venv-upstreams/bin/python3").path
    static let areInstalled = FileManager.default.isExecutableFile(atPath: interpreter)
}

/// Tests servers of other authors behind TLS, with certificates from the test's own authority.
@Suite(
    "Upstreams by other authors", .enabled(if: OtherServers.areInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteUpstreamsTests {
    /// An authority, and a certificate for localhost that it signed.
    private struct Certificates {
        let authority: String
        let certificate: String
        let key: String

        init(in scratch: ScratchDirectory) async throws {
            func path(_ name: String) -> String { scratch.url.appending(path: name).path }
            (authority, certificate, key) = (path("ca.pem"), path("cert.pem"), path("key.pem"))
            let names = try scratch.write("subjectAltName=DNS:localhost,IP:127.0.0.1", to: "names")
            let new = ["-newkey", "rsa:2048", "-nodes"]
            try await Self.openssl(
                ["req", "-x509", "-days", "2", "-subj", "/CN=Our authority", "-keyout", path("ca-key.pem")] + new
                    + ["-out", authority])
            try await Self.openssl(
                ["req", "-subj", "/CN=localhost", "-keyout", key] + new + ["-out", path("request.pem")])
            try await Self.openssl([
                "x509", "-req", "-days", "2", "-in", path("request.pem"), "-CA", authority, "-CAkey",
                path("ca-key.pem"), "-CAcreateserial", "-extfile", names, "-out", certificate,
            ])
        }

        private static func openssl(_ arguments: [String]) async throws {
            let outcome = try await ChildProcess(URL(filePath: "/usr/bin/env"), ["openssl"] + arguments)
                .outcome()
            try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        }
    }

    @Test(
        "Answers of other servers are recorded over TLS, and replayed unchanged without these servers",
        arguments: [("llmock", 7), ("stubllm", 5), ("flask", 7)])
    func independent(name: String, calls: Int) async throws {
        let scratch = try ScratchDirectory()
        let certificates = try await Certificates(in: scratch)
        let cassette = scratch.url.appending(path: "cassette").path
        let upstream = try await CassetteServerProcess(
            upstream: "independent.py", [name, certificates.certificate, certificates.key],
            interpreter: OtherServers.interpreter)
        let client =
            [PythonClient.interpreter, PythonClient.script("openai_dump.py")] + (name == "stubllm" ? [] : ["responses"])
        let address = "https://localhost:\(upstream.port)/v1"
        let recorded = try await Slots.clients.use {
            try await SparringBinary.run(
                ["record", cassette, "--upstream", address, "--upstream-ca", certificates.authority, "--"] + client)
        }
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        #expect(recorded.standardError.contains("\(calls) exchanges recorded"), "\(recorded.standardError)")
        #expect(recorded.standardOutput.contains("chat.completion.chunk"), "\(recorded.standardOutput)")
        upstream.child.signal(SIGKILL)
        _ = try await upstream.child.outcome()

        let replayed = try await Slots.clients.use {
            try await SparringBinary.run(["replay", cassette, "--"] + client)
        }
        #expect(replayed.exitCode == 0, "\(replayed.standardError)")
        #expect(replayed.standardOutput == recorded.standardOutput)
        #expect(
            replayed.standardError.contains(
                "\(calls) answered from the cassette · 0 missed · all recordings were used"),
            "\(replayed.standardError)")
    }
}
