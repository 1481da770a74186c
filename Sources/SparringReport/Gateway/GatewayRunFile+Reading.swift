import SparringConformance
package import SparringJSON
import SparringScenario

/// The error for a file that is not the data of a gateway check: the member that is missing or wrong, and the fix.
package struct GatewayFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `cases[3].verdict`; empty for the whole file.
    package var path: String
    /// The reason, if it is not the usual reason.
    var reason: String?

    package var description: String {
        let usual = path.isEmpty ? "it is not a JSON object" : "\(path) is missing or wrong"
        return "\(reason ?? usual); write the file with sparring gateway check … --format json"
    }

    /// The file's member `schema` is not the schema that this version reads.
    static func schema(_ json: JSONValue?) -> GatewayFileProblem {
        guard let number = json?.int else { return GatewayFileProblem(path: "schema") }
        return GatewayFileProblem(
            path: "schema", reason: "schema \(number) is unknown, because this version of sparring reads schema 1")
    }
}

extension GatewayRunFile {
    /// - Throws: `GatewayFileProblem` with the first member that is missing or wrong.
    package init(json: JSONValue) throws(GatewayFileProblem) {
        guard json.object != nil else { throw GatewayFileProblem(path: "") }
        let file = GatewayFileMember(json: json, path: "")
        guard json["schema"] == 1 else { throw .schema(json["schema"]) }
        let name = json["gateway"]?.string
        gateway = name?.isEmpty == true ? nil : name
        replicas = try file.int("replicas")
        features = try file.texts("features")
        again = try file.texts("again")
        ledger = try file.member("ledger").json
        let cases = try file.list("cases")
        log = RunLog()
        var ids: [String] = []
        for entry in cases { ids.append(try entry.text("id")) }
        let failOn = try file.text("fail_on")
        let startedAt = try file.int("started_at")
        // The last second of the year 9999: dates of HTTP have four digits for the year.
        guard startedAt <= 253_402_300_799 else { throw GatewayFileProblem(path: "started_at") }
        log.append(
            .runStart(
                RunEvent.RunStart(
                    kit: try file.text("kit"), command: ["sparring", "gateway", "check"], cases: ids, jobs: 1, seed: 1,
                    startedAt: startedAt, failsOnShould: failOn == "should", machine: json["machine"]?.string)))
        for entry in cases { for event in try entry.events { log.append(event) } }
        log.append(
            .runEnd(
                RunEvent.RunEnd(
                    outcome: try file.choice("outcome"), milliseconds: try file.int("milliseconds"),
                    reason: json["reason"]?.string)))
        _ = try GatewayLedgerTables(ledger)
    }
}

extension GatewayFileMember {
    /// The events of a case.
    fileprivate var events: [RunEvent] {
        get throws(GatewayFileProblem) {
            let id = try text("id")
            let start = RunEvent.CaseStart(
                id: id, session: "", round: 1, level: try choice("level"), title: try text("title"),
                why: try text("why"), references: try texts("references"))
            var events: [RunEvent] = [.caseStart(start)]
            for exchange in try list("exchanges") { events.append(.wire(caseID: id, exchange: exchange.json)) }
            for check in try list("checks") {
                events.append(
                    .check(
                        caseID: id,
                        Check(
                            id: try check.text("id"), level: try check.choice("level"),
                            verdict: try check.choice("verdict"), requirement: try check.text("requirement"),
                            expected: try check.text("expected"), actual: try check.text("actual"))))
            }
            // The case during which a run was interrupted has no end.
            guard try text("verdict") != "not run" else { return events }
            events.append(
                .caseEnd(
                    RunEvent.CaseEnd(
                        id: id, round: 1, verdict: try choice("verdict"), ending: try text("ending"),
                        milliseconds: try int("milliseconds"), lagMilliseconds: 0, standardOutput: "",
                        standardError: "")))
            return events
        }
    }
}

/// A value of a file with its path, for messages that name the place.
struct GatewayFileMember {
    var json: JSONValue
    var path: String

    /// The largest number that can be a count of tokens or calls, or a sum of dollars.
    private static let largest = 1e15

    private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func member(_ name: String) throws(GatewayFileProblem) -> GatewayFileMember {
        guard let json = json[name], json.object != nil else { throw GatewayFileProblem(path: place(name)) }
        return GatewayFileMember(json: json, path: place(name))
    }

    func text(_ name: String) throws(GatewayFileProblem) -> String {
        guard let text = json[name]?.string else { throw GatewayFileProblem(path: place(name)) }
        return text
    }

    /// - Returns: nil for `null`.
    func textOrNull(_ name: String) throws(GatewayFileProblem) -> String? {
        json[name] == .null ? nil : try text(name)
    }

    func int(_ name: String) throws(GatewayFileProblem) -> Int {
        guard let int = json[name]?.int, int >= 0 else { throw GatewayFileProblem(path: place(name)) }
        return int
    }

    func number(_ name: String) throws(GatewayFileProblem) -> Double {
        guard let number = json[name]?.double, abs(number) <= Self.largest else {
            throw GatewayFileProblem(path: place(name))
        }
        return number
    }

    /// - Returns: nil for `null`.
    func numberOrNull(_ name: String) throws(GatewayFileProblem) -> Double? {
        json[name] == .null ? nil : try number(name)
    }

    /// The members of an object whose values are texts; empty if the object is missing, as in data of older versions.
    func textMembers(_ name: String) throws(GatewayFileProblem) -> [(name: String, value: String)] {
        guard json[name] != nil else { return [] }
        let object = try member(name)
        var members: [(name: String, value: String)] = []
        for item in object.json.object?.members ?? [] { members.append((item.name, try object.text(item.name))) }
        return members
    }

    func texts(_ name: String) throws(GatewayFileProblem) -> [String] {
        let texts = json[name]?.array?.map(\.string)
        guard let texts, !texts.contains(nil) else { throw GatewayFileProblem(path: place(name)) }
        return texts.compactMap(\.self)
    }

    /// Objects.
    func list(_ name: String) throws(GatewayFileProblem) -> [GatewayFileMember] {
        guard let values = json[name]?.array else { throw GatewayFileProblem(path: place(name)) }
        var members: [GatewayFileMember] = []
        for (index, value) in values.enumerated() {
            guard value.object != nil else { throw GatewayFileProblem(path: "\(place(name))[\(index)]") }
            members.append(GatewayFileMember(json: value, path: "\(place(name))[\(index)]"))
        }
        return members
    }

    func choice<Choice: RawRepresentable<String>>(_ name: String) throws(GatewayFileProblem) -> Choice {
        guard let choice = Choice(rawValue: try text(name)) else { throw GatewayFileProblem(path: place(name)) }
        return choice
    }
}
