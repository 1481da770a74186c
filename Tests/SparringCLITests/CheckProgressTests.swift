import SparringConformance
import Testing

@testable import SparringCLI

@Suite("The progress and the options of a check")
struct CheckProgressTests {
    private static func end(_ id: String, _ verdict: Verdict) -> RunEvent {
        .caseEnd(
            RunEvent.CaseEnd(
                id: id, round: 1, verdict: verdict, ending: "", milliseconds: 1, lagMilliseconds: 0, standardOutput: "",
                standardError: ""))
    }

    @Test("The progress counts cases and findings, and estimates the time left from the cases that were played")
    func words() {
        var progress = CheckProgress((0..<20).map { "a.\($0)" })
        #expect(progress.words == "0/20")
        for number in 0..<4 { _ = progress.note(Self.end("a.\(number)", .pass), at: .seconds(number + 1)) }
        #expect(progress.words == "4/20", "four cases say too little about the time")
        _ = progress.note(Self.end("a.4", .fail), at: .seconds(5))
        #expect(progress.words == "5/20 · 1 fail · about 15 s left")
        // Skipped cases do not affect the estimated time, and another round of a case replaces its verdict.
        for number in 10..<20 { _ = progress.note(Self.end("a.\(number)", .skip), at: .seconds(5)) }
        _ = progress.note(Self.end("a.4", .pass), at: .seconds(6))
        #expect(progress.words == "15/20 · about 6 s left")
        let isChanged = progress.note(Self.end("sanity.hello", .pass), at: .seconds(6))
        #expect(!isChanged, "not one of the selected cases")
    }

    @Test(
        "The options that change how a case is played are repeated, and those that select or print are not",
        arguments: [
            ([:], []), ([.driver: "true", .trace: "true", .quiet: "true"], ["--driver"]),
            (
                [.gateway: "http://g/v1", .gatewayKey: "k", .port: "9000"],
                ["--port", "9000", "--gateway", "http://g/v1", "--gateway-key", "k"]
            ),
            ([.attach: "true", .skip: "a.*", .jobs: "2", .out: "x.jsonl", .seed: "7"], ["--seed", "7", "--attach"]),
            (
                [.validation: "lenient", .timeScale: "0.1", .failOn: "should"],
                ["--validation", "lenient", "--fail-on", "should", "--time-scale", "0.1"]
            ),
        ] as [([Settings.Key: String], [String])])
    func flags(given: [Settings.Key: String], words: [String]) {
        #expect(CaseFlags.words(given) == words)
    }
}
