import ArgumentParser
import SparringAPI
import SparringEngine
import SparringJSON
import SparringReport
import SparringScenario
import SparringWire

struct Faults: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the faults, or show the exact bytes of a fault.",
        discussion: """
              sparring faults
              sparring faults show torn_chunk

            Marbles show an answer as it is sent: H head, d event, D end of the body, ! the fault, . the connection \
            stays open, | the connection is closed, X the connection is reset. docs/reference/faults.md explains all of them.
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List each fault with its effect and its marbles.")

        @Flag(help: ArgumentHelp("The page docs/reference/faults.md.", visibility: .hidden)) var markdown = false
        @Flag(help: ArgumentHelp("The schema scenarios/schema/fault-v1.json.", visibility: .hidden)) var schema = false
        @Flag(help: "Print only the names.") var names = false
        @Flag(help: "Print one JSON array, with name, layer, help, points, parameters and an example of each fault.")
        var json = false

        func run() throws {
            if markdown { return try StandardOutput.write(FaultPage.markdown) }
            if schema { return try StandardOutput.print(FaultSchema.json.text(.pretty)) }
            if json { return try StandardOutput.print(JSONValue.array(FaultTable.kinds.map(row)).text(.pretty)) }
            for kind in FaultTable.kinds { try StandardOutput.print(names ? kind.name : FaultPage.line(kind)) }
            if !names { try StandardOutput.print("\n\(Marbles.legend)") }
        }

        private func row(_ kind: FaultKind) -> JSONValue {
            [
                "name": .string(kind.name), "layer": .string("\(kind.layer)"), "help": .string(kind.help),
                "points": .strings(kind.points.words),
                "parameters": .array(
                    kind.parameters.map { parameter in
                        [
                            "name": .string(parameter.name.rawValue), "values": .string(parameter.kind.words),
                            "default": .string(orNull: parameter.usual.map { "\($0)" }),
                        ]
                    }),
                "example": .string("\(kind.example)"),
            ]
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the exact bytes of a fault, and how the answer ends.")

        @Argument(help: "The name of the fault.", completion: .list(FaultTable.kinds.map(\.name))) var name: String

        func run() throws {
            guard let kind = FaultTable.kinds.first(where: { $0.name == name }) else {
                let names = FaultTable.kinds.map(\.name)
                let near = Nearest.name(to: name, among: names).map { "did you mean '\($0)'?" }
                throw CommandError(
                    "no fault is called '\(name)'; \(near ?? "`sparring faults` lists them")", .usage)
            }
            try StandardOutput.write(FaultPage.exhibit(kind))
        }
    }
}
