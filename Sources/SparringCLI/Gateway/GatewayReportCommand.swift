import ArgumentParser
import SparringJSON
import SparringReport

struct GatewayReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make one HTML page of gateway checks.",
        discussion: """
              sparring gateway check --through URL --format json > litellm.json
              sparring gateway report litellm.json envoy=envoy.json --out gateways.html

            The page has a table of gateways and cases, the checks and the wire of each case, and a comparison of what the \
            upstreams did with what the gateway reported. A file may have a name: litellm=run.json. Otherwise a gateway has the name \
            in its adapter file. `sparring schema gateway` prints the JSON Schema of the files.
            """)

    @Argument(help: ArgumentHelp("The data that `gateway check --format json` printed.", valueName: "run.json"))
    var files: [String]
    @Option(help: ArgumentHelp("Write to this file. The default is standard output.", valueName: "file"))
    var out: String?

    func run() throws {
        let page: String
        do { page = try GatewayPage.text(try files.map(Self.read)) } catch let problem as GatewayFileProblem {
            throw CommandError(mistakes: ["\(problem)"])
        }
        guard let out else { return try StandardOutput.write(page) }
        try OutputFiles.write(page, to: out)
    }

    private static func read(_ argument: String) throws -> (name: String?, file: GatewayRunFile) {
        let (name, path) = try RunFiles.split(argument)
        let text = try TextFile.read(path)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CommandError(
                mistakes: ["\(path): the file is empty; write it with sparring gateway check … --format json"])
        }
        do {
            return (name, try GatewayRunFile(json: try JSONValue.parse(text)))
        } catch let error as JSONSyntaxError {
            throw CommandError(mistakes: ["\(path): invalid JSON at byte \(error.offset): \(error.reason)"])
        } catch let problem as GatewayFileProblem {
            throw CommandError(mistakes: ["\(path): \(problem)"])
        }
    }
}
