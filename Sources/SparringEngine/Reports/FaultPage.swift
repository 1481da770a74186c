import SparringAPI
import SparringScenario
package import SparringWire

/// The table of faults for people: a list, a page, the bytes of one.
package enum FaultPage {
    /// A name, its marbles, its line of help.
    package static func line(_ kind: FaultKind) -> String {
        let name = kind.name + String(repeating: " ", count: max(1, 24 - kind.name.count))
        return "\(name)\(kind.help)\n" + String(repeating: " ", count: 24) + marbles(kind.example)
    }

    /// Every form of the fault, byte for byte.
    package static func exhibit(_ kind: FaultKind) -> String {
        let head = "\(kind.name): \(kind.help)\n" + facts(kind).map { "  \($0.name): \($0.value)\n" }.joined()
        guard kind.layer > .request else {
            return head
                + FaultExhibit.forms(of: kind).map { fault in
                    "\n=== \(fault)\n\(marbles(fault))\n" + (fault.strike?.bytes.map { "\n\($0)\n" } ?? "")
                }.joined()
        }
        return head
            + FaultExhibit.all(of: kind).map { exhibit in
                "\n=== \(exhibit.fault) (\(exhibit.stage.rawValue))\n\(exhibit.script.marbles)\n\n"
                    + "\(exhibit.missed ?? exhibit.script.transcript)\n"
            }.joined()
    }

    private static func facts(_ kind: FaultKind) -> [(name: String, value: String)] {
        [
            (
                "layer",
                "\(kind.layer)\(kind.needsTLS ? ", TLS alone" : "")\(kind.major.map { ", HTTP/\($0) alone" } ?? "")"
            ),
            ("points", kind.points.words.joined(separator: ", ")),
        ]
            + kind.parameters.map { parameter in
                let usual = parameter.usual.map { "; \($0) unless told" } ?? "; may be left out"
                return (parameter.name.rawValue, parameter.kind.words + usual)
            } + [("example", example(kind))]
    }

    /// What its name alone orders, spelled out.
    private static func example(_ kind: FaultKind) -> String {
        let fault = kind.example
        return "{ at: \(fault.point), \(kind.ending == nil ? "do" : "end"): \(fault.effect) }"
    }

    package static let markdown =
        """
        # Faults

        Every fault is an edit in one layer of an answer and takes effect exactly at its point. The timeline reports which faults took
        effect, and why others could not. `make faults` writes this page from the table of faults.

        A scenario writes a fault as `{ at: POINT, do: NAME }` (`end:` for the endings), or in short as `NAME ARGUMENT at POINT`. Without a
        point, the fault's usual point applies. Faults can be given in five places; the first of them that has any wins: the request's header
        `X-Sparring-Fault`; the base URL (`/f/NAME/v1`, `/s/SESSION/f/NAME/v1`, with `+` for a space and `,` between several); the last user
        message, with `--prompt-faults` or a scenario's `prompt_faults: true` (`[[sparring: NAME ARGUMENT at POINT]]`); the step of a rule;
        `sparring serve --fault`. A step may have faults at `request head` if the head alone decides which rule answers: its rule and the
        rules before it may test only `endpoint` and `header.X`. A step that answers there is used up.

        Marbles: `H` head, `d` event, `D` the end of the body, `b` bytes that complete nothing, `·` a pause of up to 10 ms, longer ones in
        brackets, `!` the fault has taken effect, `.` the connection goes on, `|` FIN, `X` RST, `(` half-close, `x` TLS cut, `…` nothing
        more; in HTTP/2 (`docs/http2.md`) `R` RST_STREAM, `G` GOAWAY, `S×3` SETTINGS three times, `P×3` PING three times.
        `sparring faults show NAME` prints every byte.

        """ + FaultLayer.allCases.map(section).joined()

    private static func section(_ layer: FaultLayer) -> String {
        let kinds = FaultTable.kinds.filter { $0.layer == layer }
        guard !kinds.isEmpty else { return "" }
        let rows = kinds.map { kind in
            let name =
                "`\(([kind.name] + kind.parameters.map { $0.name.rawValue.uppercased() }).joined(separator: " "))`"
            let needs =
                kind.major.map { "HTTP/\($0): " } ?? (kind.needsTLS && kind.layer == .connection ? "TLS: " : "")
            let cells = [
                name,
                needs + kind.help
                    + kind.parameters.map { "; \($0.name.rawValue.uppercased()): \($0.kind.words)" }.joined(),
                "`\(kind.usual)`", phase(kind.usual), "`\(marbles(kind.example))`",
            ]
            return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return
            "\n## \(titles[layer] ?? "")\n\(prefaces[layer] ?? "")\n| fault | what it does | usual point | phase | marbles |\n|---|---|---|---|---|\n"
            + rows.joined()
    }

    /// A connection is no answer, nor is a request: they have marbles of their own.
    private static let prefaces: [FaultLayer: String] = [.connection: connections, .request: requests]

    private static let requests = """

        Between a request's head and its body, no rule has matched yet. A request can have these faults for itself, a scenario under its
        own `faults` for all requests, a server with `--fault`. Marbles: `h` the request's head, `B` its body, `1` a 100 Continue.

        """

    private static let connections = """

        Before a byte of a request is read no session is known: these belong to the listener. A scenario orders them connection by connection
        (`docs/tls.md`), `sparring serve --fault` for all of them. Marbles: `A` accepted, `C` the client's first bytes, `s` half of the
        server's side of the handshake, `S` all of it, `a` an alert, `=` TLS is up, `w0` a window of no bytes.

        """

    private static func marbles(_ fault: Fault) -> String {
        fault.strike?.marbles ?? fault.requestStrike?.marbles ?? FaultExhibit(fault).script.marbles
    }

    private static let titles: [FaultLayer: String] = [
        .connection: "Connection and TLS", .request: "Request: between head and body",
        .meaning: "Meaning: what the model says", .payload: "Payload: what the API makes of it",
        .sse: "Event streams", .coding: "Coding", .framing: "Head and framing", .pace: "Pace", .ending: "Endings",
    ]

    /// What a client may still do about it.
    private static func phase(_ point: Fault.Point) -> String {
        switch point {
        case .connection: "before the request"
        case .requestHead: "before headers"
        case .start, .headByte: "before headers"
        case .head, .firstContent, .event(0, _), .event(1, 0): "before content"
        case .done, .end: "after content"
        default: "in content"
        }
    }
}
