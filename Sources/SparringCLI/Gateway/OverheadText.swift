import SparringConformance

/// The overhead of a gateway as text: a table of delays, a table of rates, and the other measurements.
enum OverheadText {
    static func text(_ overhead: GatewayOverhead) -> String {
        var text =
            overhead.load.problem.map {
                "A BUSY MACHINE: \($0). Do not use these figures as the times of the gateway.\n\n"
            } ?? ""
        let head = ["ms", "direct", "p99", "through", "p99", "added at the median"]
        let rows = overhead.series.map { series in
            [
                series.name, milliseconds(0.5, series.direct), milliseconds(0.99, series.direct),
                milliseconds(0.5, series.through), milliseconds(0.99, series.through), rounded(series.added),
            ]
        }
        text += table([head] + rows)
        if !overhead.rates.isEmpty {
            let rates = overhead.rates.map { rate in
                [rate.name, "\(Int(rate.directPerSecond))", "\(Int(rate.throughPerSecond))"]
            }
            text +=
                "\n" + table([["16 calls at a time", "direct (Sparring's own limit)", "through"]] + rates)
        }
        if let memory = overhead.memory {
            text += "\nThe gateway's processes use \(memory >> 20) MB of memory after the calls.\n"
        }
        if overhead.failures > 0 { text += "\n\(overhead.failures) calls failed and are not counted.\n" }
        return text
    }

    private static func table(_ rows: [[String]]) -> String {
        TextTable.lines(rows).map { $0 + "\n" }.joined()
    }

    private static func milliseconds(_ share: Double, _ values: [Double]) -> String {
        rounded(GatewayOverhead.Series.quantile(share, of: values))
    }

    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
