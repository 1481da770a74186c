package import SparringExchange
import SparringJSON
import SparringScenario
package import SparringWire

/// A fault at work: a small answer, always the same, with this fault in it. It is made as every answer is, so what it shows is what
/// a client gets.
package struct FaultExhibit: Sendable {
    package let fault: Fault
    /// What is answered besides: its faults and its pace.
    package let stage: Stage
    package let script: WireScript
    /// Why it cannot take effect, where it cannot.
    package let missed: String?

    /// The kinds of answers that show faults. A fault is shown on the first that it takes effect on.
    package enum Stage: String, Sendable, CaseIterable {
        case stream
        case body = "whole body"
        case json = "stream of JSON"
        case tools = "stream with two tool calls"
        case paced = "stream with a pace"
        case crlf = "stream with CRLF"
    }

    /// The fault as its name alone orders it, then each other form of it, then on a whole body where that differs.
    package static func all(of kind: FaultKind) -> [FaultExhibit] {
        var exhibits = forms(of: kind).map { FaultExhibit($0) }
        if kind.layer <= .payload, let first = exhibits.first, first.stage == .stream {
            let whole = FaultExhibit(first.fault, on: .body)
            if whole.missed == nil, whole.script != first.script { exhibits.append(whole) }
        }
        return exhibits
    }

    /// As its name alone orders it, then each other form of it.
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
        let performance = Self.engine(fault, on: stage).respond(
            to: Self.request(on: stage, in: Self.version(of: fault)), connection: 1, now: Moment(nanoseconds: 0))
        script = performance.script
        missed = performance.exchange.missedFaults.first
    }

    /// That has what the fault breaks.
    package static func version(of fault: Fault?) -> HTTPVersion { fault?.major == 2 ? .http2 : .http11 }

    /// Answers the exhibit's request with the exhibit's bytes; without a fault, with what it would be otherwise.
    package static func engine(_ fault: Fault?, on stage: Stage) -> Engine {
        var step = Step(stage.answer, times: .forever, faults: fault.map { [$0] } ?? [])
        if stage == .paced { step.pace = Pace(every: .milliseconds(20)) }
        if stage == .crlf { step.faults += FaultExhibit.crlf }
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
