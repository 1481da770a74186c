import SparringConformance

/// JUnit XML: a suite for each theme, and a test case for each case. A failed SHOULD that does not fail the run is a skipped test; the
/// message of the test lists the failed checks. An unobserved case is also a skipped test.
package enum JUnitReport {
    package static func text(_ runs: [GradedRun]) -> String {
        let suites = runs.flatMap { run in
            run.themes.map { suite(run, $0.name, $0.entries, among: runs.count) } + unplayed(run)
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="sparring">
            \(suites.joined(separator: "\n"))
            </testsuites>

            """
    }

    private static func suite(_ run: GradedRun, _ theme: String, _ entries: [RunLog.Entry], among runs: Int) -> String {
        let name = runs == 1 ? theme : "\(run.name): \(theme)"
        let results = entries.map { (entry: $0, element: element(run, $0)) }
        func count(_ kind: Element.Kind) -> Int { results.count { $0.element?.kind == kind } }
        let time = seconds(entries.compactMap(\.end?.milliseconds).reduce(0, +))
        let head =
            "<testsuite name=\"\(Markup.escape(name))\" tests=\"\(entries.count)\" failures=\"\(count(.failure))\" "
            + "errors=\"\(count(.error))\" skipped=\"\(count(.skipped))\" time=\"\(time)\">"
        return ([head] + results.map { testCase($0.entry, $0.element) } + ["</testsuite>"]).joined(separator: "\n")
    }

    private static func testCase(_ entry: RunLog.Entry, _ element: Element?) -> String {
        let id = Markup.escape(entry.start.id)
        let theme = Markup.escape(entry.start.id.prefix { $0 != "." })
        let time = seconds(entry.end?.milliseconds ?? 0)
        let report = ConsoleReport.lines(entry).joined(separator: "\n")
        return """
              <testcase classname="\(theme)" name="\(id)" time="\(time)">\(element.map { "\n    \($0.text)" } ?? "")
                <system-out>\(Markup.escape(report))</system-out>
              </testcase>
            """
    }

    /// Cases that never began are reported as errors.
    private static func unplayed(_ run: GradedRun) -> [String] {
        let ids = run.unplayed
        guard !ids.isEmpty else { return [] }
        let cases = ids.map { id in
            """
              <testcase classname="\(Markup.escape(id.prefix { $0 != "." }))" name="\(Markup.escape(id))" time="0.000">
                <error message="not run"/>
              </testcase>
            """
        }
        return [
            "<testsuite name=\"not run\" tests=\"\(ids.count)\" failures=\"0\" errors=\"\(ids.count)\" skipped=\"0\" "
                + "time=\"0.000\">\n" + cases.joined(separator: "\n") + "\n</testsuite>"
        ]
    }

    // MARK: The content of a test case

    private struct Element {
        enum Kind: String { case failure, error, skipped }
        var kind: Kind
        var message: String

        var text: String { "<\(kind.rawValue) message=\"\(Markup.escape(message))\"/>" }
    }

    private static func element(_ run: GradedRun, _ entry: RunLog.Entry) -> Element? {
        switch run.standing(entry) {
        case .held: nil
        case .failed: Element(kind: .failure, message: offences(entry))
        case .stale(let line):
            Element(kind: .failure, message: "stale: passes; delete line \(line) of the known failures")
        case .known(let reason): Element(kind: .skipped, message: "known failure: \(reason ?? offences(entry))")
        case .warned: Element(kind: .skipped, message: "SHOULD failed: \(offences(entry))")
        case .open: Element(kind: .skipped, message: entry.openReason)
        case .broken: Element(kind: .error, message: offences(entry))
        case .unplayed: Element(kind: .error, message: "not run to its end")
        }
    }

    private static func offences(_ entry: RunLog.Entry) -> String { FailedChecks.line(entry) }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
