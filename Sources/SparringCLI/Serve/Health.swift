import ArgumentParser
import Foundation
import SparringJSON

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether a server is up.",
        discussion: """
            The exit code is 0 if the server is up, 1 if it is not; for HEALTHCHECK in Dockerfiles and for scripts \
            that wait. By default, checks the server that `sparring serve` starts with the same environment and sparring.yaml.

              sparring health
              sparring health http://127.0.0.1:9000 --json
            """)

    @Argument(help: "The server's base URL, with or without its path.") var url: String?

    @Flag(help: "Print the answer of the server, as JSON.") var json = false

    @Flag(help: "Print errors only.") var quiet = false

    func run() async throws {
        let settings = try Settings(flags: [:], defaultPort: 8080)
        if url?.lowercased().hasPrefix("https://") ?? (settings.isTLS ?? false) {
            throw CommandError(
                "health does not support TLS; for a server with TLS use "
                    + "curl --cacert FILE https://HOST:PORT/_sparring/health", .usage)
        }
        let probe = try Self.target(url, settings)
        let place = "http://\(probe.host.contains(":") ? "[\(probe.host)]" : probe.host):\(probe.port)"
        let answer: PlainHTTP.Answer
        do {
            answer = try probe.get("/_sparring/health", token: settings.adminToken)
        } catch {
            throw CommandError("\(place) is not up: \(error)", ExitCode(1))
        }
        let body = try? JSONValue.parse(answer.body)
        guard answer.status == 200, body?["status"]?.string == "ok" else {
            let said = body?["error"].map { " \($0["what"]?.string ?? ""); \($0["fix"]?.string ?? "")" } ?? ""
            throw CommandError("\(place) answers with status \(answer.status).\(said)", ExitCode(1))
        }
        guard !quiet else { return }
        try StandardOutput.print(json ? body?.text() ?? "" : Self.line(place, body))
    }

    /// A server that listens on all addresses is contacted at 127.0.0.1.
    private static func target(_ url: String?, _ settings: Settings) throws -> PlainHTTP {
        guard let url else {
            let everywhere = ["0.0.0.0", "::"].contains(settings.host)
            return PlainHTTP(host: everywhere ? "127.0.0.1" : settings.host, port: settings.port)
        }
        guard let target = PlainHTTP(url: url) else {
            throw CommandError("'\(url)' is not the URL of a server, such as http://HOST:PORT", .usage)
        }
        return target
    }

    private static func line(_ place: String, _ body: JSONValue?) -> String {
        guard let scenario = body?["scenario"]?.string, let uptime = body?["uptime_ms"]?.int else {
            return "ok  \(place)"
        }
        return "ok  \(place)  scenario \(scenario), \(body?["sessions"]?.int ?? 0) sessions, up \(uptime / 1000) s"
    }
}
