import ArgumentParser
import SparringReport

/// The flags of `check`.
struct CheckOptions: SettingOptions {
    @Option(.cases) var cases: [String] = []
    @Option(.skip) var skip: [String] = []
    @Option(.can) var can: String?
    @Flag(.driver) var driver = false

    @Flag(help: "Play no cases; report the behavior of many callers in an outage and under each chaos profile.")
    var population = false

    @Option(.callers) var callers: String?
    @Flag(.attach) var attach = false
    @Option(.gateway) var gateway: String?
    @Option(.gatewayKey) var gatewayKey: String?
    @Flag(.quick) var quick = false
    @Option(.set) var set: String?
    @Option(.jobs) var jobs: String?
    @Flag(.trace) var trace = false
    @Option(.format) var format: String?
    @Option(.out) var out: String?
    @Option(.failOn) var failOn: String?
    @Option(.knownFailures) var knownFailures: String?

    @Flag(help: "Rewrite the file of known failures with the failures of this run. Comments are kept.")
    var updateKnownFailures = false
}

/// The output of `check`: a report at the end, or each event as it happens.
enum CheckFormat: RawRepresentable, Hashable, CaseIterable, Sendable {
    case json
    case report(ReportFormat)

    static let standard = CheckFormat.report(.console)
    static let allCases: [CheckFormat] =
        [.report(.console), .json] + ReportFormat.allCases.dropFirst().map(Self.report)

    init?(rawValue: String) {
        guard rawValue != "json" else {
            self = .json
            return
        }
        guard let format = ReportFormat(rawValue: rawValue) else { return nil }
        self = .report(format)
    }

    var rawValue: String {
        switch self {
        case .json: "json"
        case .report(let format): format.rawValue
        }
    }

    /// The format of the report at the end; nil if events are printed instead.
    var report: ReportFormat? {
        switch self {
        case .json: nil
        case .report(let format): format
        }
    }
}

enum FailLevel: String, CaseIterable {
    case must
    case should
}
