import Testing

@testable import SparringCLI

@Suite("The commands that repeat a run")
struct ReproductionTests {
    private static func lines(_ scenarios: [String], _ flags: [Settings.Key: String] = [:]) -> [String] {
        Reproduction(scenarios: scenarios, flags: flags, command: ["python", "my app.py"])
            .lines(seed: 7)
    }

    @Test("The commands name the scenarios and the program; only one scenario can be shrunk")
    func names() {
        #expect(
            Self.lines(["chaos/flaky"]) == [
                "  To reproduce: sparring run chaos/flaky --seed 7 -- python 'my app.py'",
                "  To find the faults that matter: sparring shrink chaos/flaky --seed 7 -- python 'my app.py'",
            ])
        #expect(
            Self.lines(["mine.yaml", "chaos/flaky"]) == [
                "  To reproduce: sparring run mine.yaml chaos/flaky --seed 7 -- python 'my app.py'"
            ])
        #expect(Self.lines([]) == ["  To reproduce: sparring run --seed 7 -- python 'my app.py'"])
    }

    @Test(
        "The commands repeat every flag that affects the run, and no other",
        arguments: [
            ([.timeScale: "0.01"], " --time-scale 0.01"), ([.fault: "reset at event 3"], " --fault 'reset at event 3'"),
            ([.validation: "lenient", .tls: "true"], " --validation lenient --tls"), ([.seed: "7"], ""),
            ([.port: "8080", .quiet: "true", .db: "run.sqlite"], ""),
        ] as [([Settings.Key: String], String)])
    func flags(given: [Settings.Key: String], words: String) {
        let lines = Self.lines(["chaos/flaky"], given)
        #expect(lines.count == 2)
        for line in lines { #expect(line.hasSuffix("chaos/flaky --seed 7\(words) -- python 'my app.py'")) }
    }
}
