import SparringAPI
package import SparringScenario
import SparringWire

/// What a server answers: a built-in scenario by name, YAML, or steps written in Swift.
///
///     let flaky: Scenario = "two-rate-limits"
///     let mine = Scenario(steps: [.error("server_error").times(2), .text("hello")])
public struct Scenario: Sendable, ExpressibleByStringLiteral {
    let source: Source

    enum Source: Sendable {
        case builtIn(String)
        case yaml(String, file: String)
        case value(SparringScenario.Scenario)
    }

    /// The name of a built-in scenario; `sparring scenarios` lists them.
    public init(stringLiteral name: String) { source = .builtIn(name) }

    /// The name of a built-in scenario; `sparring scenarios` lists them.
    public init(named name: String) { source = .builtIn(name) }

    /// A scenario file's text. Mistakes are thrown when the server starts, with their places.
    public init(yaml: String, file: String = "scenario.yaml") { source = .yaml(yaml, file: file) }

    /// Steps for every call, in order; the call after the last step fails loudly.
    public init(name: String = "steps", seed: UInt64? = nil, steps: [Step]) {
        let rule = Rule(steps: steps.map(\.step))
        source = .value(SparringScenario.Scenario(name: name, seed: seed, rules: [rule]))
    }

    /// Answers made up from each request: what `sparring serve` does without a scenario.
    public static let auto = Scenario(value: .auto)

    package init(value: SparringScenario.Scenario) { source = .value(value) }
}

/// One answer of a scenario, and what is done to it.
public struct Step: Sendable {
    var step: SparringScenario.Step

    /// The model says this.
    public static func text(_ text: String) -> Step { Step(step: .init(.text(Template(literal: text)))) }

    /// Made up from the request, the same for the same request.
    public static let auto = Step(step: .init(.auto))

    /// Not one byte; the client's timeout is what ends it.
    public static let silence = Step(step: .init(.silence))

    /// An error of the catalogue, such as `rate_limit_exceeded`; `sparring lint` knows the names.
    public static func error(_ name: String, retryAfter: Duration? = nil) -> Step {
        var error = ErrorAnswer(name: name)
        error.retryAfter = retryAfter.map { .seconds($0) }
        return Step(step: .init(.error(error)))
    }

    /// Answers that many calls in a row.
    public func times(_ count: Int) -> Step { changed { $0.times = .count(count) } }

    /// The rhythm of a stream: the time to its first content, and between pieces of content.
    public func paced(first: Duration? = nil, every: Duration? = nil) -> Step {
        changed { $0.pace = Pace(first: first, every: every) }
    }

    /// Breaks the answer at a point, as in `{ at: event 5, end: reset }`.
    public func ending(_ ending: Ending, at point: Point) -> Step {
        changed { $0.faults.append(Fault(at: point.point, .ending(ending.ending))) }
    }

    /// Sends nothing for a while at a point.
    public func stalling(_ duration: Duration, at point: Point) -> Step {
        changed { $0.faults.append(Fault(at: point.point, .action(.stall(duration)))) }
    }

    /// Where in an answer something happens.
    public struct Point: Sendable {
        let point: Fault.Point
        public static let start = Point(point: .start)
        public static let head = Point(point: .head)
        public static let firstContent = Point(point: .firstContent)
        public static let done = Point(point: .done)
        /// Just after that many events.
        public static func event(_ count: Int) -> Point { Point(point: .event(count)) }
        /// After that many bytes of the body.
        public static func byte(_ count: Int) -> Point { Point(point: .byte(count)) }
    }

    /// How an answer leaves its connection.
    public struct Ending: Sendable {
        let ending: SparringWire.Ending
        public static let fin = Ending(ending: .fin)
        public static let halfClose = Ending(ending: .halfClose)
        public static let reset = Ending(ending: .reset)
        public static func hang(for duration: Duration? = nil) -> Ending { Ending(ending: .hang(duration)) }
    }

    private func changed(_ change: (inout SparringScenario.Step) -> Void) -> Step {
        var copy = self
        change(&copy.step)
        return copy
    }
}
