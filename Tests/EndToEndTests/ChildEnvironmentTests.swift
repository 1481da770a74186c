import Foundation
import Testing

@Suite("The environment of a program that a test starts", .timeLimit(.minutes(20)))
struct ChildEnvironmentTests {
    private static let folder = URL(filePath: "/scratch")

    private static func variables(
        _ inherited: [String: String], own: [String: String] = [:], folders: Set<String> = []
    ) -> [String: String] {
        ChildEnvironment(in: folder, inherited: inherited, own: own) { folders.contains($0) }.variables
    }

    @Test(
        "The environment of a started program has none of the developer's settings, keys and proxies",
        arguments: [
            "SPARRING_PORT", "SPARRING_DB", "SPARRING_VOCABULARIES", "OPENAI_BASE_URL", "OPENAI_API_KEY", "HTTP_PROXY",
            "https_proxy", "ALL_PROXY", "NO_PROXY", "TIKTOKEN_CACHE_DIR", "SSL_CERT_FILE", "NODE_OPTIONS", "PYTHONPATH",
            "CI", "CURL_HOME",
        ])
    func leftOut(variable: String) {
        #expect(Self.variables([variable: "x", "PATH": "/bin"])[variable] == nil)
    }

    @Test("The environment of a started program has its own home, caches and temporary folder")
    func ownPlaces() {
        let inherited = ["HOME": "/users/ada", "XDG_CACHE_HOME": "/users/ada/c", "TMPDIR": "/full", "LC_ALL": "C"]
        let variables = Self.variables(inherited)
        #expect(variables["HOME"] == "/scratch/home")
        #expect(variables["XDG_CACHE_HOME"] == "/scratch/home/.cache")
        #expect(variables["XDG_CONFIG_HOME"] == "/scratch/home/.config")
        #expect(variables["TMPDIR"] == "/scratch/tmp")
        #expect(variables["LC_ALL"] == "C")
    }

    @Test("The environment of a started program keeps the folders of version managers")
    func managers() {
        let variables = Self.variables(
            ["HOME": "/users/ada", "RBENV_ROOT": "/elsewhere/rbenv"],
            folders: ["/users/ada/.pyenv", "/users/ada/.rbenv"])
        #expect(variables["PYENV_ROOT"] == "/users/ada/.pyenv")
        #expect(variables["RBENV_ROOT"] == "/elsewhere/rbenv")
        #expect(variables["VOLTA_HOME"] == nil)
    }

    @Test("The environment of a started program has the variables that the test sets")
    func own() {
        let variables = Self.variables([:], own: ["SPARRING_PORT": "1", "XDG_CACHE_HOME": "/c"])
        #expect(variables["SPARRING_PORT"] == "1")
        #expect(variables["XDG_CACHE_HOME"] == "/c")
    }

    @Test("A started program gets this environment, existing folders and an empty working directory")
    func started() async throws {
        let script = #"""
            ls -d "$HOME" "$XDG_CACHE_HOME" "$TMPDIR" > "$TMPDIR/folders" && ls -A
            printf '%s' "${SPARRING_PORT-none}"
            """#
        let outcome = try await ChildProcess(URL(filePath: "/bin/sh"), ["-c", script]).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput == "none")
    }
}
