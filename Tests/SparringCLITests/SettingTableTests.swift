import ArgumentParser
import Foundation
import Testing

@testable import SparringCLI

@Suite("The table of settings")
struct SettingTableTests {
    @Test("Each setting has exactly one row")
    func complete() {
        #expect(Setting.table.map(\.key.rawValue).sorted() == Settings.Key.allCases.map(\.rawValue).sorted())
    }

    @Test("Each row has a help text that ends like a sentence")
    func help() {
        for row in Setting.table {
            #expect(row.help.hasSuffix(".") || row.help.hasSuffix("]]."), "\(row.key.flag)")
        }
    }

    @Test("The settings page in docs equals the one that the program generates")
    func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/reference/settings.md"), encoding: .utf8)
        #expect(page == SettingsPage.markdown, "run `make settings`")
    }

    @Test("The name of a property connects its flag with a setting")
    func flags() throws {
        let server = try ServerOptions.parse([
            "--host", "h", "--port", "1", "--ready-file", "r", "--db-budget", "1MB", "--http2", "--public",
            "--tls-ca-out",
            "ca.pem", "--prompt-faults", "--validation", "lenient",
        ])
        #expect(
            server.flags == [
                .host: "h", .port: "1", .readyFile: "r", .dbBudget: "1MB", .http2: "true", .isPublic: "true",
                .tlsCAOut: "ca.pem", .promptFaults: "true", .validation: "lenient",
            ])
        let check = try CheckOptions.parse([
            "--skip", "a.*", "--skip", "b", "--population", "--known-failures", "k", "--cases", "c.yaml", "--cases",
            "d",
        ])
        #expect(check.flags == [.skip: "a.*,b", .knownFailures: "k", .cases: "c.yaml,d"])
        let replay = try ReplayOptions.parse(["--ignore", "$.a", "--ignore", "$.b", "--repeat", "next", "--order"])
        #expect(replay.flags == [.ignore: "$.a,$.b", .repeats: "next", .order: "true"])
        let upstream = try UpstreamOptions.parse([
            "--upstream-ca", "a.pem", "--redact", "header:X", "--redact", "/x,y/",
        ])
        #expect(upstream.flags == [.upstreamCA: "a.pem", .redact: "header:X\n/x,y/"])
        #expect(try LifetimeOptions.parse(["--until-eof"]).flags == [.untilEOF: "true"])
    }

    @Test("All options of a group are settings, except two")
    func properties() {
        let groups: [any SettingOptions] = [
            ServerOptions(), CheckOptions(), CaseOptions(), UpstreamOptions(), ReplayOptions(), ListenOptions(),
            LifetimeOptions(), ReportOptions(), ReproductionOptions(), SurroundingOptions(),
        ]
        let unknown = groups.flatMap { group in
            Mirror(reflecting: group).children.compactMap(\.label).filter { Settings.Key(property: $0) == nil }
        }
        #expect(unknown.sorted() == ["_population", "_updateKnownFailures"])
    }

    @Test("The database of `serve` is shown without its password, also in the error of a wrong URL")
    func password() throws {
        func settings(_ url: String) throws -> Settings {
            try Settings(
                flags: [:], defaultPort: 0, environment: ["SPARRING_STORE": url], file: "/nonexistent")
        }
        let shown = try Setting.row(.store).text(settings("postgres://ada:s3cret@db/mock"))
        #expect(shown == "postgres://ada:***@db/mock")
        let error = #expect(throws: Settings.Mistake.self) { try settings("mysql://ada:s3cret@db/mock") }
        #expect(error?.description.hasPrefix("SPARRING_STORE: ") == true)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test("`shrink` accepts every flag of a server, so that the flags of a run can be repeated as they are")
    func repeated() {
        func names(_ group: any SettingOptions) -> [String] { Mirror(reflecting: group).children.compactMap(\.label) }
        let both = names(ReproductionOptions()) + names(SurroundingOptions())
        #expect(both.sorted() == names(ServerOptions()).sorted())
    }

    @Test(
        "A value that does not fit is rejected with its flag",
        arguments: [
            (Settings.Key.port, "65536"), (.port, "-1"), (.seed, "x"), (.timeScale, "-1"), (.timeScale, "1001"),
            (.quiet, "yes"), (.adminToken, "a b"), (.adminToken, ""), (.fault, "no_such_fault"), (.jobs, "0"),
            (.callers, "none"), (.can, "chat,fly"), (.set, "1999"), (.format, "pdf"), (.failOn, "may"),
            (.upstream, "not a url"), (.redact, "nonsense"), (.onMiss, "shrug"), (.match, "x"), (.render, "x"),
            (.ignore, "x"), (.repeats, "x"), (.dbBudget, "much"), (.journal, "some"), (.validation, "x"),
            (.store, "mysql://db/mock"),
        ])
    func rejected(key: Settings.Key, value: String) {
        let error = #expect(throws: Settings.Mistake.self) {
            try Settings(flags: [key: value], defaultPort: 0, environment: [:], file: "/nonexistent")
        }
        #expect(error?.description.hasPrefix("\(key.flag): ") == true)
    }
}
