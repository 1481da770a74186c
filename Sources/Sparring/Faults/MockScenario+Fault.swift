import SparringAPI
import SparringScenario
import SparringWire

extension MockScenario {
    /// A fault of an answer, and the point where it is applied.
    ///
    ///     .text("one two three").faults(.stall(.seconds(2), at: .event(1)), .reset(at: .event(3)))
    ///
    /// Each fault in docs/reference/faults.md has a constant or a function. A string literal has the notation of scenario files and of
    /// `--fault`: `"reset at event 5"`. Mistakes, such as a point where the fault cannot be applied, are
    /// reported when the scenario is used.
    public struct Fault: Sendable, ExpressibleByStringLiteral {
        private let source: Source

        private enum Source: Sendable {
            case named(String, [Argument], Point?)
            case words(String)
        }

        enum Argument: Sendable {
            case integer(Int)
            case duration(Duration)
            /// Bytes.
            case size(Int)
            /// Bytes a second.
            case rate(Int)
            case text(String)
            case error(MockScenario.ErrorName)
        }

        /// A fault in the notation of a scenario file, such as `"stall 3s at event 2"`.
        public init(stringLiteral words: String) { source = .words(words) }

        /// A fault in the notation of a scenario file, such as `"stall 3s at event 2"`.
        public init(words: String) { source = .words(words) }

        private init(source: Source) { self.source = source }

        /// - Parameter arguments: the values in the order of the table of faults. The last values may be omitted.
        static func named(_ name: String, _ arguments: [Argument?] = [], at point: Point? = nil) -> Fault {
            Fault(source: .named(name, arguments.compactMap { $0 }, point))
        }

        /// The fault; several faults if `words` contains several.
        func resolved() throws(MockScenarioError) -> [SparringWire.Fault] {
            switch source {
            case .named(let name, let arguments, let point):
                return [try Self.fault(name, arguments, at: point?.point)]
            case .words(let words):
                switch ScenarioLoader.serverFaults(in: words, errors: MockScenario.catalogue) {
                case .success(let faults): return faults
                case .failure(let mistakes):
                    throw MockScenarioError(mistakes: mistakes.diagnostics.map { "'\(words)': \($0.message)" })
                }
            }
        }

        private static func fault(
            _ name: String, _ arguments: [Argument], at point: SparringWire.Fault.Point?
        ) throws(MockScenarioError) -> SparringWire.Fault {
            guard let kind = FaultTable.kinds.first(where: { $0.name == name }) else {
                throw MockScenarioError(mistakes: ["there is no fault '\(name)'"])
            }
            var values: [FaultValue] = []
            for (parameter, argument) in zip(kind.parameters, arguments) {
                guard let value = argument.value(of: parameter.kind) else {
                    let mistake = "\(parameter.name) of '\(name)' is \(parameter.kind.words), not \(argument)"
                    throw MockScenarioError(mistakes: [mistake])
                }
                values.append(value)
            }
            var fault = kind.fault(values)
            guard let point else { return fault }
            guard kind.points.admits(point), point.isInRange else {
                let points = kind.points.words.joined(separator: ", ")
                throw MockScenarioError(mistakes: [
                    "'\(name)' cannot be applied at '\(point)'; its points are \(points)"
                ])
            }
            fault.point = point
            return fault
        }
    }
}

extension MockScenario.Fault {
    /// Separates the faults of an answer from those of its request, and collects the mistakes.
    static func sorted(
        _ faults: [MockScenario.Fault]
    ) -> (answer: [SparringWire.Fault], request: [SparringWire.Fault], mistakes: [String]) {
        var sorted: (answer: [SparringWire.Fault], request: [SparringWire.Fault], mistakes: [String]) = ([], [], [])
        for fault in faults {
            do throws(MockScenarioError) {
                for fault in try fault.resolved() {
                    switch fault.layer {
                    case .connection:
                        sorted.mistakes.append(
                            "'\(fault)' breaks connections: put it into `connectionFaults` of the server's configuration"
                        )
                    case .request: sorted.request.append(fault)
                    default: sorted.answer.append(fault)
                    }
                }
            } catch {
                sorted.mistakes += error.mistakes
            }
        }
        return sorted
    }

    /// The faults of a connection.
    static func ofConnections(_ faults: [MockScenario.Fault]) throws(MockScenarioError) -> [SparringWire.Fault] {
        var all: [SparringWire.Fault] = []
        for fault in faults {
            for fault in try fault.resolved() {
                guard fault.layer == .connection else {
                    throw MockScenarioError(mistakes: ["'\(fault)' breaks answers: put it into a step"])
                }
                all.append(fault)
            }
        }
        return all
    }
}

extension MockScenario.Fault.Argument: CustomStringConvertible {
    var description: String {
        switch self {
        case .integer(let number), .size(let number), .rate(let number): "\(number)"
        case .duration(let duration): "\(duration)"
        case .text(let text): "'\(text)'"
        case .error(let error): "'\(error.rawValue)'"
        }
    }

    /// Nil if the parameter does not accept the value.
    fileprivate func value(of kind: FaultParameter.Kind) -> FaultValue? {
        switch (self, kind) {
        case (.integer(let number), .count(let range)): range.contains(number) ? .integer(number) : nil
        case (.size(let bytes), .size(let range)): range.contains(bytes) ? .size(bytes) : nil
        case (.rate(let rate), .rate): (1...1_000_000_000).contains(rate) ? .rate(rate) : nil
        case (.duration(let duration), .duration): duration >= .zero ? .duration(duration) : nil
        case (.text(let text), .text): .text(text)
        case (.text(let text), .choice(let names)): names.contains(text) ? .text(text) : nil
        case (.error(let error), .inBandError): MockScenario.catalogue.inBand(error.rawValue).map { .error($0) }
        default: nil
        }
    }
}
