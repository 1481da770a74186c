import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct OpenAPIGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a document from an installed `openai` package.",
        discussion: """
            Runs a script in that Python, where the package must be installed. Prints an OpenAPI 3.1 document: \
            operations by the client's own method names, parameters, choices, required members, pages, events, models \
            and shutdown dates; no prose. Reports on standard error everything that it cannot read. The command takes \
            up to a minute.

              sparring openapi generate --python .venv/bin/python > openapi.json
            """)

    @Option(help: ArgumentHelp("The Python to run.", valueName: "python"))
    var python = "python3"

    func run() throws {
        // The script replaces this process, so its output, its errors and its exit code are those of the command.
        let words = [python, "-c", EmbeddedGenerator.text]
        var pointers = words.map { word -> UnsafeMutablePointer<CChar>? in strdup(word) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        execvp(python, pointers)
        throw CommandError("cannot run \(python): \(String(cString: strerror(errno)))", .clientUnavailable)
    }
}
