import SparringJSON
import SparringWire

/// Reads the pace of a stream: `first` and `every`, each a duration or a distribution around one, or `rate`.
struct PaceParser {
    let reader: YAMLReader

    static let timeKeys = ["mean", "shape", "deviation", "burst"]
    static let shapes = ["normal", "log_normal", "bursty"]

    func pace(_ node: YAMLNode, keys: [String] = StepParser.streamKeys) -> Pace {
        guard let mapping = reader.mapping(node, "stream", keys: keys) else { return .none }
        var pace = Pace()
        if let first = mapping["first"] { (pace.first, pace.firstShape) = time(first, "first") }
        if let every = mapping["every"] { (pace.every, pace.everyShape) = time(every, "every") }
        if case .bursty? = pace.firstShape, let first = mapping["first"] {
            reader.note(first, "`first` cannot be bursty, because it is one event; use `bursty` in `every`")
        }
        guard let rate = mapping["rate"] else { return pace }
        guard mapping["every"] == nil else {
            reader.note(rate, "a stream has either `every` or `rate`, not both")
            return pace
        }
        guard let text = rate.string, text.hasSuffix("/s"), let number = Double(text.dropLast(2)), number >= 0.001
        else {
            reader.note(rate, "rate must be a number of events per second, such as 40/s, not \(rate.inWords)")
            return pace
        }
        pace.every = .nanoseconds(Int64(1_000_000_000 / number))
        return pace
    }

    private func time(_ node: YAMLNode, _ what: String) -> (Duration?, PaceShape?) {
        guard node.isMapping else { return (reader.duration(node, what), nil) }
        guard let mapping = reader.mapping(node, what, keys: Self.timeKeys) else { return (nil, nil) }
        guard let meanNode = mapping["mean"], let mean = reader.duration(meanNode, "mean") else {
            if mapping["mean"] == nil { reader.note(node, "\(what) needs a `mean`, such as 400ms") }
            return (nil, nil)
        }
        let name = mapping["shape"].flatMap { reader.choice($0, "shape", Self.shapes.map { ($0, $0) }) } ?? "log_normal"
        if name == "bursty" {
            let burst = mapping["burst"].flatMap { reader.integer($0, "burst", atLeast: 2) } ?? 4
            return (mean, .bursty(min(burst, 100_000)))
        }
        let deviation = mapping["deviation"].flatMap(deviation) ?? 0.3
        return (mean, name == "normal" ? .normal(deviation: deviation) : .logNormal(deviation: deviation))
    }

    private func deviation(_ node: YAMLNode) -> Double? {
        if case .number(let number) = node.json, (0...3).contains(number.double) { return number.double }
        reader.note(node, "deviation must be a share of the mean from 0 to 3, such as 0.3, not \(node.inWords)")
        return nil
    }
}
