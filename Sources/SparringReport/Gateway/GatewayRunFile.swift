package import SparringConformance
package import SparringJSON
import SparringScenario

/// The result of one `gateway check` as data: its cases with their checks and exchanges, and the ledger of both ends.
/// `scenarios/schema/gateway-v1.json` describes the same format for other programs.
package struct GatewayRunFile: Sendable {
    /// The gateway's name from the adapter file; nil if the file has no name.
    package var gateway: String?
    /// The number of URLs in `--through`.
    package var replicas: Int
    package var log: RunLog
    /// The features of the gateway: the names of `GatewayFeature`, sorted.
    package var features: [String]
    /// `TruthLedger.json`
    package var ledger: JSONValue
    /// The options that repeat a case, without keys.
    package var again: [String]

    package init(
        gateway: String?, replicas: Int, log: RunLog, features: Set<GatewayFeature>, ledger: TruthLedger,
        again: [String]
    ) {
        self.gateway = gateway
        self.replicas = replicas
        self.log = log
        self.features = features.map(\.rawValue).sorted()
        self.ledger = ledger.json
        self.again = again
    }

    package var json: JSONValue {
        var json: JSONObject = [
            "schema": 1, "gateway": .string(orNull: gateway), "kit": .string(log.start?.kit ?? ""),
            "started_at": .int(log.start?.startedAt ?? 0), "replicas": .int(replicas),
            "outcome": .string((log.end?.outcome ?? .interrupted).rawValue),
            "reason": .string(orNull: log.end?.reason), "features": .strings(features),
            "fail_on": .string(log.start?.failsOnShould == true ? "should" : "must"),
            "milliseconds": .int(log.end?.milliseconds ?? 0), "again": .strings(again),
            "cases": .array(log.selected.map(\.gatewayJSON)), "ledger": ledger,
        ]
        if let machine = log.start?.machine { json["machine"] = .string(machine) }
        return .object(json)
    }
}

extension RunLog.Entry {
    fileprivate var gatewayJSON: JSONValue {
        [
            "id": .string(start.id), "level": .string(start.level.rawValue), "title": .string(start.title),
            "why": .string(start.why), "references": .strings(start.references),
            "verdict": .string(verdict), "ending": .string(end?.ending ?? ""),
            "milliseconds": .int(end?.milliseconds ?? 0),
            "checks": .array(
                checks.map { check in
                    [
                        "id": .string(check.id), "level": .string(check.level.rawValue),
                        "verdict": .string(check.verdict.rawValue), "requirement": .string(check.requirement),
                        "expected": .string(check.expected), "actual": .string(check.actual),
                    ]
                }),
            "exchanges": .array(exchanges),
        ]
    }
}
