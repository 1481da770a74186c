import Foundation
import SparringJSON
import Testing

@testable import SparringReport

/// Checks the program against `fixtures/gateway/run.json`; `make check` checks `gateway-v1.json` against the same file.
@Suite("Data and page of gateway checks")
struct GatewayPageTests {
    private static let text: String = {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "fixtures/gateway/run.json"), encoding: .utf8)) ?? ""
    }()

    private func sample() throws -> JSONValue { try JSONValue.parse(Self.text) }

    @Test("The data of a gateway check are written as they were read")
    func roundTrip() throws {
        let json = try sample()
        #expect(try GatewayRunFile(json: json).json.text() == json.text())
    }

    @Test(
        "A file with a missing or wrong member is refused with the member's path",
        arguments: [
            ("\"schema\": 1", "\"schema\": 2", "schema"), ("\"replicas\": 2", "\"replicas\": -2", "replicas"),
            ("\"outcome\": \"failed\"", "\"outcome\": \"lost\"", "outcome"),
            ("\"features\": [\"auth\", \"failover\"]", "\"features\": [1]", "features"),
            ("\"verdict\": \"unobserved\",\n      \"ending\"", "\"verdict\": 1,\n      \"ending\"", "cases[1].verdict"),
            ("\"expected\": \"the usage of", "\"wanted\": \"the usage of", "cases[0].checks[0].expected"),
            ("\"key\": \"7f3a\"", "\"key\": null", "ledger.rows[0].key"),
            ("\"metadata.step\": \"1\"", "\"metadata.step\": 1", "ledger.rows[0].tags.metadata.step"),
            ("\"truth\": 3", "\"truth\": \"three\"", "ledger.lines[0].truth"),
            ("\"truth\": 2,", "\"truth\": \"two\",", "ledger.booked[0].lines[1].truth"),
            ("\"problem\": null", "\"problem\": 404", "ledger.booked[0].problem"),
            ("\"truth\": 3", "\"truth\": 1e30", "ledger.lines[0].truth"),
            ("\"started_at\": 1790000000", "\"started_at\": 1790000000000", "started_at"),
        ])
    func refused(part: String, replacement: String, path: String) throws {
        try #require(Self.text.contains(part))
        let json = try JSONValue.parse(Self.text.replacing(part, with: replacement))
        let problem = #expect(throws: GatewayFileProblem.self) { try GatewayRunFile(json: json) }
        #expect(problem?.path == path)
    }

    @Test("A file of another schema is refused with its number and the number that can be read")
    func schema() throws {
        let json = try JSONValue.parse(Self.text.replacing("\"schema\": 1", with: "\"schema\": 99"))
        let problem = #expect(throws: GatewayFileProblem.self) { try GatewayRunFile(json: json) }
        #expect(problem?.description.hasPrefix("schema 99 is unknown") == true)
        #expect(problem?.description.contains("reads schema 1;") == true)
    }

    @Test("A file without a JSON object is refused with the command that writes one")
    func noObject() {
        let problem = #expect(throws: GatewayFileProblem.self) { try GatewayRunFile(json: [1]) }
        #expect(problem?.description.contains("gateway check … --format json") == true)
    }

    @Test("The page has cases, checks, wire, the command that repeats a case, and both ends of the ledger, escaped")
    func page() throws {
        let page = try GatewayPage.text([(name: nil, file: try GatewayRunFile(json: try sample()))])
        let parts = [
            "<title>Gateways</title>", "a &lt;small&gt; gateway", "2 replicas", "features: auth, failover",
            "completion_tokens: 3, but the upstream sent 2", "→ POST  /v1/chat/completions", "no key has a limit",
            "sparring gateway check gateway.usage --through http://127.0.0.1:4000/v1 --key KEY --trace",
            "<td>…7f3a</td>", "<td>metadata.team=&lt;red&gt;, metadata.step=1</td>", "<td>$0.0000270</td>",
            "<td>not reported</td>", "<td>-1</td>", "<td>+1</td>",
            "Linux &lt;6&gt; x86_64, 2 processors, 24 GB",
        ]
        for part in parts { #expect(page.contains(part), "\(part)") }
        #expect(!page.contains("<small>"))
    }

    @Test("The page has what the gateway booked for each key, and why an amount is unknown")
    func booked() throws {
        let page = try GatewayPage.text([(name: nil, file: try GatewayRunFile(json: try sample()))])
        let parts = [
            "What the gateway booked",
            "<td>usual</td><td>dollars</td><td>$0.0000270</td><td>$0.0000540</td><td>+$0.0000270</td>",
            "<td>usual</td><td>requests</td><td>2</td><td>3</td><td>+1</td>",
            "<td>other</td><td>dollars</td><td>$0</td><td>unknown</td><td>-</td>",
            "<p>other: GET /spend/{key} answers 404: correct &lt;spend.path&gt;</p>",
        ]
        for part in parts { #expect(page.contains(part), "\(part)") }
    }

    @Test("Data of a version that asked for no booked amounts make a page without them")
    func notBooked() throws {
        var json = try #require(try sample().object)
        var ledger = try #require(json["ledger"]?.object)
        ledger["booked"] = nil
        json["ledger"] = .object(ledger)
        let page = try GatewayPage.text([(name: nil, file: try GatewayRunFile(json: .object(json)))])
        #expect(page.contains("Both ends"))
        #expect(!page.contains("What the gateway booked"))
    }

    @Test("Runs of one gateway get names of their own, and each repeats its cases with its own options")
    func names() throws {
        let first = try GatewayRunFile(json: try sample())
        var second = first
        second.again = ["--through", "http://127.0.0.1:5000/v1"]
        let page = try GatewayPage.text([(name: "one", file: first), (name: "one", file: second)])
        #expect(page.contains("<h2>one</h2>"))
        #expect(page.contains("<h2>one (2)</h2>"))
        #expect(page.contains("gateway.usage --through http://127.0.0.1:5000/v1</pre>"))
    }
}
