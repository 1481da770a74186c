import Foundation

/// A PostgreSQL server of the tests' own, with a socket in a directory under /tmp and no port. The server ends with the process that
/// started it, however that process ends: a shell waits for the end of a pipe.
///
/// PostgreSQL does not run as root. If the tests run as root, the server runs as `postgres`, which Debian's package creates.
package final class PostgresServer: Sendable {
    /// The directory with `initdb` and `postgres`; nil if PostgreSQL is not installed.
    package static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newestFirst = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        return (newestFirst + ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"])
            .first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
    }()
    package static let isInstalled = programs != nil
    /// The reason that is printed for tests that are skipped without PostgreSQL.
    package static let missing =
        "needs PostgreSQL: run scripts/postgres.sh (make test does), or apt-get install postgresql"

    /// The server that the tests of a process share. Each test has its own database.
    package static let shared = Result { try PostgresServer() }

    package let directory: String
    private let pipe: FileHandle

    package struct NotInstalled: Error {}

    /// Returns before the server accepts connections.
    package init() throws {
        guard let programs = Self.programs else { throw NotInstalled() }
        // Not the tests' own folder for temporary files: its path may be too long for a socket, and only its owner enters it.
        let directory = "/tmp/sparring-postgres-\(UUID().uuidString.prefix(8))"
        let (process, input) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", directory, programs]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.directory = directory
        pipe = input.fileHandleForWriting
    }

    deinit { try? pipe.close() }

    /// Starts the server as `postgres` if this is root, and waits for the end of standard input.
    private static let script = """
        mkdir "$1" && cd "$1" || exit
        as=
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$1"
            as="setpriv --reuid=postgres --regid=postgres --clear-groups"
        fi
        $as "$2/initdb" -D "$1/data" -U sparring -A trust --no-sync -E UTF8 --locale=C </dev/null >log 2>&1 || exit
        $as "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c max_connections=200 </dev/null >>log 2>&1 &
        cat >/dev/null
        kill -INT $!
        wait
        cd / && rm -rf "$1"
        """

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Creates a database with a name of its own, as soon as the server has started.
    /// - Returns: its URL.
    package func newDatabase() throws -> String {
        guard let programs = Self.programs else { throw NotInstalled() }
        let name = "test_\(UInt64.random(in: 0...(.max)))"
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        // Ten minutes end a hang; on a busy machine, initdb may take long.
        process.arguments = [
            "-c",
            """
            tries=0
            until "$1/pg_isready" -q -h "$2"; do
                tries=$((tries + 1)); [ $tries -lt 6000 ] || { cat "$2/log"; exit 1; }; sleep 0.1
            done
            exec "$1/psql" -q -h "$2" -U sparring -d postgres -c "CREATE DATABASE $3"
            """, "sh", programs, directory, name,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "no database: \(text)") }
        return url(of: name)
    }

    /// The URL of a database of this server.
    package func url(of database: String) -> String { "postgres://sparring@/\(database)?host=\(directory)" }
}
