import ArgumentParser
import Foundation
import Sparring
import SparringExchange
import SparringHTTP

/// `sparring view FILE`: shows recorded exchanges in the live page, with its list, filter and timeline.
struct ViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show a log, a journal or a cassette in the browser.",
        usage: "sparring view <file> [OPTIONS]",
        discussion: """
            Serves the file on a free port of 127.0.0.1 until Ctrl-C, and prints the address. The file is not changed. The \
            file may have any size: the page loads the newest exchanges, and older exchanges when you ask for them.

              sparring view journal.sqlite                    a journal of --db
              sparring view cassette.sqlite                   a cassette (file or folder)
              sparring view serve.jsonl                       the log of serve --log json
              sparring view .sparring/report.jsonl --open     the exchanges of `check`
              sparring view journal.sqlite --filter status:429
            """)

    @Argument(help: "A journal, a cassette, or a log in JSON Lines.", completion: .file()) var file: String
    @Option(help: "Listen on this port; 0 chooses a free port.") var port: UInt16 = 0
    @Option(
        help: ArgumentHelp("Write the address to this file; - is standard output.", valueName: "file"))
    var readyFile: String?
    @Option(
        help: """
            Open the page with this filter, such as 'status:5xx -model:gpt-4o'. The admin API and the pages have the same \
            language of filters.
            """)
    var filter: String?
    @Flag(help: "Open the page in the browser.") var open = false

    func run() async throws {
        let fragment = try filter.map(Self.fragment) ?? ""
        let viewed = try ViewedFiles.open(file)
        let signals = Signals()
        let server: ViewServer
        do {
            server = try await ViewServer.start(viewed, port: Int(port), version: Version.text)
        } catch let error as HTTPServer.StartError {
            throw CommandError("\(error)", .internalError)
        }
        let ready = ReadyFile(readyFile)
        let signal: Result<Int32, any Error>
        do {
            let address = server.address + fragment
            try ready?.write(address)
            if readyFile != "-" { try StandardOutput.print("\(file): \(address)") }
            if open { try Self.open(address) }
            signal = .success(await signals.first())
        } catch {
            signal = .failure(error)
        }
        signals.exitOnNext()
        await server.stop()
        ready?.remove()
        signals.keepUntilHere()
        let number = try signal.get()
        throw ExitCode(128 + number)
    }

    /// The part of a page's address from which the page reads its filter.
    private static func fragment(_ filter: String) throws -> String {
        do throws(ExchangeFilter.Problem) {
            _ = try ExchangeFilter(filter)
        } catch {
            throw CommandError("--filter: \(error.what); \(error.fix)", .usage)
        }
        return "#" + (filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }

    /// Starts the program of the desktop that opens addresses.
    private static func open(_ address: String) throws {
        #if os(macOS)
            let program = "open"
        #else
            let program = "xdg-open"
        #endif
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program, address]
        do { try process.run() } catch {
            try StandardError.write(
                "sparring: \(program) cannot be started: \(error.localizedDescription)\n")
        }
    }
}
