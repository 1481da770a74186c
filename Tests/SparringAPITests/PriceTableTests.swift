import SparringWire
import Testing

@testable import SparringAPI

@Suite("Prices")
struct PriceTableTests {
    @Test(
        "A snapshot or fine-tune has the price of its model unless it has a price of its own",
        arguments: [
            ("gpt-4o", 2.5), ("gpt-4o-2024-08-06", 2.5), ("gpt-4o-2024-05-13", 5), ("gpt-4-0613", 30),
            ("ft:gpt-4o-mini-2024-07-18:acme::abc", 0.3), ("gpt-3.5-turbo-1106", 1),
        ])
    func names(model: String, input: Double) { #expect(PriceTable.builtIn[model]?.input == input) }

    @Test("An unknown model has no price", arguments: ["", "mine", "ft:mine:acme::abc", "gpt-4o-abcd", "2024-08-06"])
    func unknown(model: String) { #expect(PriceTable.builtIn[model] == nil) }

    /// Models whose prices are on no public page. A usage report lists them as models without a price.
    private static let unpriced: Set = [
        "gpt-5.1-mini", "gpt-6-cyber", "gpt-6.2-astra", "gpt-6.2-astra-law", "gpt-6.2-sol",
    ]

    @Test("Every built-in model of text or sound has a price, except those whose price is not public")
    func complete() {
        let day = ModelTable.asOf?.unixTime ?? 0
        let without = ModelTable.builtIn.seen(at: day, isMoved: true, without: []).all
            .filter { $0.kind != .other && $0.kind != .image && PriceTable.builtIn[$0.id] == nil }
        #expect(Set(without.map(\.id)) == Self.unpriced)
    }

    @Test("Cached tokens and audio tokens have prices of their own")
    func kinds() {
        let price = Price(input: 10, cached: 1, output: 20, audioInput: 100, audioOutput: 200)
        var usage = Usage(input: 100, output: 50)
        #expect(price.cost(of: usage) == 2000)
        (usage.cached, usage.audioInput, usage.audioOutput) = (50, 10, 5)
        #expect(price.cost(of: usage) == 400 + 50 + 1000 + 900 + 1000)
    }

    @Test("A long prompt costs more for a model with a long-context price")
    func long() {
        let usage = Usage(input: 300_000, output: 1000)
        #expect(Price(input: 1, output: 4, isDearerWhenLong: true).cost(of: usage) == 606_000)
        #expect(Price(input: 1, output: 4).cost(of: usage) == 304_000)
    }

    @Test("Audio input is priced by the second, and speech by the character")
    func otherUnits() {
        var usage = Usage()
        (usage.milliseconds, usage.characters) = (60_000, 1000)
        #expect(Price(second: 0.0001, character: 15).cost(of: usage) == 6000 + 15_000)
    }
}
