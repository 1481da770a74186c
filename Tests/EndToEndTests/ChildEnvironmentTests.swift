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
        "leaves out what belongs to the person who runs the tests",
        arguments: [
            "SPARRING_PORT", "SPARRING_DB", "SPARRING_VOCABULARIES", "OPENAI_BASE_URL", "OPENAI_API_KEY", "HTTP_PROXY",
            "https_proxy", "ALL_PROXY", "NO_PROXY", "TIKTOKEN_CACHE_DIR", "SSL_CERT_FILE", "NODE_OPTIONS", "PYTHONPATH",
            "CI", "CURL_HOME",
        ])
    func leftOut(variable: String) {
        #expect(Self.variables([variable: "x", "PATH": "/bin"])[variable] == nil)
    }

    @Test("has its own home, caches and folder for temporary files, whatever is inherited")
    func ownPlaces() {
        let inherited = ["HOME": "/home/a", "XDG_CACHE_HOME": "/home/a/c", "TMPDIR": "/full", "LC_ALL": "C"]
        let variables = Self.variables(inherited)
        #expect(variables["HOME"] == "/scratch/home")
        #expect(variables["XDG_CACHE_HOME"] == "/scratch/home/.cache")
        #expect(variables["XDG_CONFIG_HOME"] == "/scratch/home/.config")
        #expect(variables["TMPDIR"] == "/scratch/tmp")
        #expect(variables["LC_ALL"] == "C")
    }

    @Test("keeps the roots of version managers, which programs on the PATH look for in the home")
    func managers() {
        let variables = Self.variables(
            ["HOME": "/home/a", "RBENV_ROOT": "/opt/rbenv"], folders: ["/home/a/.pyenv", "/home/a/.rbenv"])
        #expect(variables["PYENV_ROOT"] == "/home/a/.pyenv")
        #expect(variables["RBENV_ROOT"] == "/opt/rbenv")
        #expect(variables["VOLTA_HOME"] == nil)
    }

    @Test("has what the test sets, in place of its own places too")
    func own() {
        let variables = Self.variables([:], own: ["SPARRING_PORT": "1", "XDG_CACHE_HOME": "/c"])
        #expect(variables["SPARRING_PORT"] == "1")
        #expect(variables["XDG_CACHE_HOME"] == "/c")
    }

    @Test("is what a started program has, with folders that are there and a working directory that is empty")
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
