import ArgumentParser
import SparringEngine
import SparringJSON
import SparringPostgres

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "List the servers that share a store.",
        discussion: """
            Each row is a server that used the database of --store within the last day. A server that was not seen for \
            ten seconds is lost. SESSIONS counts the sessions that this server changed within the last minute, and no other \
            server after it.

              sparring status --store postgres://ada@db.example/mock
              sparring status --json
            """)

    @Option(
        help: ArgumentHelp(
            "The database of the servers; SPARRING_STORE and sparring.yaml also set it.", valueName: "url"))
    var store: String?

    @Flag(help: "Print the list as JSON.") var json = false

    func run() throws {
        let settings = try Settings(flags: store.map { [.store: $0] } ?? [:], defaultPort: 8080)
        guard let location = settings.store else {
            throw CommandError("status needs the database of the servers: --store postgres://USER@HOST/NAME", .usage)
        }
        let replicas: [SharedReplica]
        do throws(StoreProblem) {
            replicas = try PostgresReplicas(location).all()
        } catch {
            throw CommandError("\(error)", .ioError)
        }
        try StandardOutput.print(json ? Self.json(replicas).text() : Self.table(replicas))
    }

    static func table(_ replicas: [SharedReplica]) -> String {
        guard !replicas.isEmpty else { return "no server has used this store within the last day" }
        let rows = replicas.map {
            ["\($0.state)", $0.name, $0.address, "\($0.sessions)", "\($0.seen) s ago", $0.version]
        }
        return TextTable.lines([["STATE", "SERVER", "ADDRESS", "SESSIONS", "SEEN", "VERSION"]] + rows)
            .joined(separator: "\n")
    }

    static func json(_ replicas: [SharedReplica]) -> JSONValue {
        .array(replicas.map(\.json))
    }
}
