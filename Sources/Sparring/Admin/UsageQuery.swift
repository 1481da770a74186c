import SparringEngine
import SparringWire

/// The usage that a request asks for, and the properties by which it is grouped.
struct UsageQuery: Sendable {
    var dimensions = UsageReport.Dimension.standard
    /// Counts only calls with these values.
    var only: [(dimension: UsageReport.Dimension, value: String)] = []
    /// The length of intervals; nil for the shortest known length.
    var every: UsageWidth?

    init(_ query: QueryItems) throws(AdminProblem) {
        if let by = query["by"] { dimensions = try Self.dimensions(by) }
        only = query.items.compactMap { item in
            UsageReport.Dimension(item.name).map { (dimension: $0, value: item.value) }
        }
        guard let name = query["every"] else { return }
        guard let width = UsageWidth(name) else {
            throw AdminProblem(
                status: 400, what: "'\(name)' is not the length of an interval", place: "query, every",
                fix: "use one of these: \(UsageWidth.allCases.map(\.name).joined(separator: ", "))")
        }
        guard isByTime else {
            throw AdminProblem(
                status: 400, what: "'every' needs rows by time", place: "query, every", fix: "add by=time")
        }
        every = width
    }

    private static func dimensions(_ by: String) throws(AdminProblem) -> [UsageReport.Dimension] {
        var dimensions: [UsageReport.Dimension] = []
        for name in by.split(separator: ",") {
            guard let dimension = UsageReport.Dimension(String(name)), !dimensions.contains(dimension) else {
                throw AdminProblem(
                    status: 400, what: "'\(name)' is not a usage dimension", place: "query, by",
                    fix: "use each of these at most once: \(UsageReport.Dimension.names.joined(separator: ", "))")
            }
            dimensions.append(dimension)
        }
        return dimensions
    }

    var isByTime: Bool { dimensions.contains(.time) }

    /// - Parameter reading: the usage, with its intervals if the query is by time.
    func report(of reading: UsageStatistics.Reading) -> UsageReport {
        UsageReport(reading, by: dimensions, only: only, every: every)
    }
}
