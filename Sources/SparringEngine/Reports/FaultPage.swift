import SparringAPI
import SparringScenario
package import SparringWire

/// Renders the table of faults: as a list, as a page, and as the bytes of one fault.
package enum FaultPage {
    /// The fault's name, marbles and help text.
    package static func line(_ kind: FaultKind) -> String {
        let name = kind.name + String(repeating: " ", count: max(1, 24 - kind.name.count))
        return "\(name)\(kind.help)\n" + String(repeating: " ", count: 24) + marbles(kind.example)
    }

    /// Every variant of the fault, byte for byte.
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
                "\(kind.layer)\(kind.needsTLS ? ", TLS only" : "")\(kind.major.map { ", HTTP/\($0) only" } ?? "")"
                    + (kind.needsSocket ? ", WebSocket only" : "")
            ),
            ("points", kind.points.words.joined(separator: ", ")),
        ]
            + kind.parameters.map { parameter in
                let usual = parameter.usual.map { "; \($0) by default" } ?? "; optional"
                return (parameter.name.rawValue, parameter.kind.words + usual)
            } + [("example", example(kind))]
    }

    /// The example of a fault in its long form.
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
        point, the fault's usual point applies. A fault can be set in five places. If several places have faults, only those of the
        first place in this list apply:

        1. the request's header `X-Sparring-Fault`
        2. the base URL: `/f/NAME/v1`, `/s/SESSION/f/NAME/v1`, with `+` for a space and `,` between faults
        3. the last user message, with `--prompt-faults` or a scenario's `prompt_faults: true`: `[[sparring: NAME ARGUMENT at POINT]]`
        4. the step of a rule
        5. `sparring serve --fault`

        A step may have faults at `request head` if the head alone decides which rule answers: its rule and the rules before it may test only
        `endpoint` and `header.X`. A step that answers at `request head` is used up.

        Marbles: `H` head, `d` event, `D` end of the body, `b` bytes that complete no event, `·` a pause of up to 10 ms (longer ones in
        brackets), `!` a fault takes effect, `.` the connection continues, `|` FIN, `X` RST, `(` half-close, `x` TLS cut, `…` nothing more is
        sent; in HTTP/2 ([HTTP/2](http2.md)) `R` RST_STREAM, `G` GOAWAY, `S×3` three SETTINGS, `P×3` three PING; on a
        [WebSocket](sockets.md) `~` silence. `sparring faults show NAME` prints every byte.

        """ + FaultLayer.allCases.map(section).joined()

    private static func section(_ layer: FaultLayer) -> String {
        let kinds = FaultTable.kinds.filter { $0.layer == layer }
        guard !kinds.isEmpty else { return "" }
        let rows = kinds.map { kind in
            let name =
                "`\(([kind.name] + kind.parameters.map { $0.name.rawValue.uppercased() }).joined(separator: " "))`"
            let needs =
                kind.major.map { "HTTP/\($0): " }
                ?? (kind.needsTLS && kind.layer == .connection ? "TLS: " : kind.needsSocket ? "WebSocket: " : "")
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

    /// The marbles of faults that apply to connections and requests.
    private static let prefaces: [FaultLayer: String] = [.connection: connections, .request: requests]

    private static let requests = """

        Between a request's head and its body, no rule has matched yet. These faults can be set for one request, for all requests of a
        scenario (under its own `faults`), or for a server (`--fault`). Marbles: `h` the request's head, `B` its body, `1` a 100 Continue.

        """

    private static let connections = """

        No session is known before the first byte of a request, so these faults belong to the listener. A scenario sets these faults for
        each connection ([TLS](tls.md)), and `sparring serve --fault` sets them for all connections. Marbles: `A` accepted, `C` the
        client's first bytes, `s` half of the server's part of the handshake, `S` all of it, `a` an alert, `=` TLS is up, `w0` a window of
        0 bytes.

        """

    private static func marbles(_ fault: Fault) -> String {
        fault.strike?.marbles ?? fault.requestStrike?.marbles ?? FaultExhibit(fault).script.marbles
    }

    private static let titles: [FaultLayer: String] = [
        .connection: "Connection and TLS", .request: "Request: between head and body",
        .meaning: "Meaning: what the model says", .payload: "Payload: status, events and JSON of the API",
        .sse: "Event streams", .coding: "Coding", .framing: "Head and framing", .pace: "Pace", .ending: "Endings",
    ]

    /// The part of the answer that the client has received at that point.
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
