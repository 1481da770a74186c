import SparringEngine

/// Limits the time series of the metrics. Sessions and models are named by clients, so their number has no limit, and each
/// combination costs about a hundred series.
///
/// Source: https://prometheus.io/docs/practices/naming/ (labels must not have an unbounded set of values) and
/// https://prometheus.io/docs/practices/instrumentation/ (do not overuse labels)
enum MetricLabels {
    /// The maximum number of combinations of session, endpoint and model that have labels of their own.
    static let most = 100
    /// The label of the session and the model of all other calls. A session of this name is counted with these calls.
    static let others = "(others)"

    /// The same usage, in which every line after the first combinations belongs to the session and the model `others`. The
    /// lines are in the order of their first call, so a combination keeps its labels while later ones are added: a counter
    /// never moves to another series.
    static func bounded(_ reading: UsageStatistics.Reading) -> UsageStatistics.Reading {
        var known: Set<Combination> = []
        var reading = reading
        for index in reading.lines.indices {
            let combination = Combination(reading.lines[index].key)
            if known.contains(combination) { continue }
            if known.count < most {
                known.insert(combination)
            } else {
                (reading.lines[index].key.session, reading.lines[index].key.model) = (others, others)
            }
        }
        return reading
    }

    private struct Combination: Hashable {
        var session: String
        var endpoint: String?
        var model: String?

        init(_ key: UsageStatistics.Key) {
            (session, endpoint, model) = (key.session, key.endpoint, key.model)
        }
    }
}
