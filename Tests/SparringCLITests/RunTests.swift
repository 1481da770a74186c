import Testing

@testable import SparringCLI

@Suite("The command run")
struct RunTests {
    @Test(
        "A command without -- is rejected with the command that was probably meant",
        arguments: [
            ([], "sparring run SCENARIO -- python app.py"),
            (["two-rate-limits"], "sparring run two-rate-limits -- python app.py"),
            (["two-rate-limits", "python", "my app.py"], "sparring run two-rate-limits -- python 'my app.py'"),
            (["python", "app.py"], "sparring run -- python app.py"),
        ] as [([String], String)])
    func guess(words: [String], command: String) {
        #expect(Run.guess(words) == command)
    }
}
