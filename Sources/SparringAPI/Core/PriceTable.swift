package import SparringWire

/// The price of a model, in dollars.
package struct Price: Sendable, Hashable {
    /// The prices of tokens are for a million tokens.
    package var input: Double
    /// The price of cached input tokens; nil if they are not cheaper.
    package var cached: Double?
    package var output: Double
    /// The price of audio input; nil if audio costs as much as text.
    package var audioInput: Double?
    package var audioOutput: Double?
    /// The price of a second of transcribed audio.
    package var second: Double
    /// The price of a million characters of speech.
    package var character: Double
    /// True if a prompt of more than 272,000 tokens doubles the price of an input token, and raises the price of an output token by half.
    package var isDearerWhenLong: Bool

    package init(
        input: Double = 0, cached: Double? = nil, output: Double = 0, audioInput: Double? = nil,
        audioOutput: Double? = nil, second: Double = 0, character: Double = 0, isDearerWhenLong: Bool = false
    ) {
        self.input = input
        self.cached = cached
        self.output = output
        self.audioInput = audioInput
        self.audioOutput = audioOutput
        self.second = second
        self.character = character
        self.isDearerWhenLong = isDearerWhenLong
    }

    private static let longPrompt = 272_000

    /// The price of a batch line as a share of the price of a call.
    ///
    /// Source: https://platform.openai.com/docs/guides/batch
    package static let shareOfBatches = 0.5

    /// The cost of this usage, in millionths of a dollar.
    package func cost(of usage: Usage) -> Double {
        let isLong = isDearerWhenLong && usage.input > Self.longPrompt
        let cached = min(usage.cached, usage.input)
        let read =
            Double(usage.input - cached - usage.audioInput) * input + Double(cached) * (self.cached ?? input)
            + Double(usage.audioInput) * (audioInput ?? input)
        let written =
            Double(usage.output - usage.audioOutput) * output + Double(usage.audioOutput) * (audioOutput ?? output)
        return read * (isLong ? 2 : 1) + written * (isLong ? 1.5 : 1)
            + Double(usage.milliseconds) * second * 1000 + Double(usage.characters) * character
    }
}

/// The prices of models, and the date from which they apply.
package struct PriceTable: Sendable, Hashable {
    package var asOf: CivilDate?
    private var prices: [String: Price]

    package init(asOf: CivilDate?, prices: [String: Price]) {
        self.asOf = asOf
        self.prices = prices
    }

    /// A snapshot has the price of its model unless the snapshot has its own row. A fine-tuned model has the price of `ft:BASE`.
    package subscript(model: String) -> Price? {
        var name = model[...]
        if model.hasPrefix("ft:") {
            name = name.prefix(upTo: name.dropFirst(3).firstIndex(of: ":") ?? name.endIndex)
        }
        return prices[String(name)] ?? Self.undated(name).flatMap { prices[String($0)] }
    }

    /// The table with the given rows added or replaced.
    package func changed(by rows: [String: Price], asOf date: CivilDate?) -> PriceTable {
        PriceTable(asOf: date ?? asOf, prices: prices.merging(rows) { $1 })
    }

    /// The name without a date at its end (`-2025-08-07`, `-0613`); nil if the name has no date.
    private static func undated(_ name: Substring) -> Substring? {
        for length in [10, 4] {
            let day = name.suffix(length)
            let rest = name.dropLast(length)
            guard rest.hasSuffix("-"), day.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }) else {
                continue
            }
            return rest.dropLast()
        }
        return nil
    }
}
