import SparringAPI
package import SparringExchange
import SparringJSON
import SparringScenario
package import SparringWire

/// An example of a fault: a small, fixed answer to which the fault is applied. The engine makes this answer like any other answer, so the
/// example shows the bytes that a client gets.
package struct FaultExhibit: Sendable {
    package let fault: Fault
    /// The kind of answer that the fault is applied to.
    package let stage: Stage
    package let script: WireScript
    /// The reason why the fault has no effect; nil if it has an effect.
    package let missed: String?

    /// The kinds of answers. A fault is shown in the first kind in which it takes effect.
    package enum Stage: String, Sendable, CaseIterable {
        case stream
        case body = "whole body"
        case json = "stream of JSON"
        case tools = "stream with two tool calls"
        case paced = "stream with a pace"
        case crlf = "stream with CRLF"
        case escapes = "stream with escapes"
        case socket = "response on a WebSocket"
    }

    /// The fault with default values, then the fault's other variants, then the fault on a whole body if the result differs.
    package static func all(of kind: FaultKind) -> [FaultExhibit] {
        var exhibits = forms(of: kind).map { FaultExhibit($0) }
        if kind.layer <= .payload, let first = exhibits.first, first.stage == .stream {
            let whole = FaultExhibit(first.fault, on: .body)
            if whole.missed == nil, whole.script != first.script { exhibits.append(whole) }
        }
        return exhibits
    }

    /// The fault with default values, then the fault's other variants.
    package static func forms(of kind: FaultKind) -> [Fault] {
        var forms = [kind.example]
        if let parameter = kind.parameters.first, case .choice(let names) = parameter.kind {
            let rest = kind.parameters.dropFirst().compactMap(\.usual)
            forms += names.filter { .text($0) != parameter.usual }.map {
                Fault(at: kind.usual, .action(Fault.Action(kind, [.text($0)] + rest)))
            }
        }
        return forms
    }

    package init(_ fault: Fault) {
        let tried = Stage.allCases.lazy.map { FaultExhibit(fault, on: $0) }
        self = tried.first { $0.missed == nil } ?? FaultExhibit(fault, on: .stream)
    }

    package init(_ fault: Fault, on stage: Stage) {
        self.fault = fault
        self.stage = stage
        let performance = Self.performance(fault, on: stage, in: Self.version(of: fault))
        script = performance.script
        missed = performance.exchange.missedFaults.first
    }

    /// The exchange of the example with the fault; if the fault is nil, with the intact answer.
    package static func performance(_ fault: Fault?, on stage: Stage, in version: HTTPVersion) -> PlannedExchange {
        let (engine, now) = (engine(fault, on: stage), Moment(nanoseconds: 0))
        guard stage == .socket else {
            return engine.respond(to: request(on: stage, in: version), connection: 1, now: now)
        }
        let socket = ResponsesSocket(engine: engine, handshake: handshake)
        let event = #"{"type":"response.create","model":"gpt-4o-mini","input":"Hello"}"#
        return socket.answer(to: socket.turn(of: Array(event.utf8), isText: true), connection: 1, now: now)
    }

    private static let handshake = Request(
        method: "GET", target: "/v1/responses",
        headers: ["host": "localhost", "authorization": "Bearer sk-sparring", "upgrade": "websocket"])

    /// The HTTP version that the fault applies to.
    package static func version(of fault: Fault?) -> HTTPVersion { fault?.major == 2 ? .http2 : .http11 }

    /// An engine that answers the example's request with the fault; if the fault is nil, with the intact answer.
    package static func engine(_ fault: Fault?, on stage: Stage) -> Engine {
        var step = Step(stage.answer, times: .forever, faults: fault.map { [$0] } ?? [])
        if stage == .paced { step.pace = Pace(every: .milliseconds(20)) }
        if stage == .crlf { step.faults += FaultExhibit.crlf }
        if stage == .escapes { step.faults += FaultExhibit.escapes }
        let scenario = Scenario(name: "exhibit", seed: 1, rules: [Rule(steps: [step])])
        return Engine(scenario: scenario, wallClock: { 1_794_000_000 })
    }

    package static func request(on stage: Stage, in version: HTTPVersion = .http11) -> Request {
        let options = #""stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"#
        let body =
            #"{"model":"gpt-4o-mini",\#(stage == .body ? "" : options)"messages":[{"role":"user","content":"Hello"}]}"#
        return Request(
            method: "POST", target: "/v1/chat/completions", version: version,
            headers: ["host": "localhost", "authorization": "Bearer sk-sparring", "content-type": "application/json"],
            body: Array(body.utf8))
    }

    private static let crlf: [Fault] = WireFaults.all.filter { $0.kind.name == "line_end" }.map(\.kind.example)
    private static let escapes: [Fault] = FaultTable.kinds.filter { $0.name == "ascii_escapes" }.map(\.example)
}

extension FaultExhibit.Stage {
    fileprivate var answer: StepAnswer {
        if self == .json { return .json(TemplateValue(literal: ["city": "Paris", "degrees": 21])) }
        guard self == .tools else { return .text(Template(literal: "Hé, you 🥊")) }
        let arguments = TemplateValue(literal: ["a": 1])
        return .tools(
            ["one", "two"].map { ToolTemplate(name: Template(literal: $0), arguments: arguments) }, text: nil)
    }
}
