package import SparringConformance
package import SparringJSON

/// The report of `check --population`, as text and as JSON.
package struct LoadRunReport: Sendable {
    package struct Part: Sendable {
        /// The scenario, such as `chaos/flaky`.
        package var name: String
        package var population: CallerStatistics

        package init(name: String, population: CallerStatistics) {
            self.name = name
            self.population = population
        }
    }

    /// Callers of a server that always fails and gives no wait. These callers show the client's own retries.
    package var outage: CallerStatistics
    /// Callers of a server without faults. These callers show the cost of a call.
    package var calm: CallerStatistics
    package var profiles: [Part]

    package init(outage: CallerStatistics, calm: CallerStatistics, profiles: [Part]) {
        self.outage = outage
        self.calm = calm
        self.profiles = profiles
    }

    // MARK: For people

    package var text: String {
        var lines = ["\(outage.callers.count) callers in an outage without Retry-After:"]
        lines += Self.words(of: outage).map { "  \($0)" }
        lines += ["", "\(calm.callers.count) callers per chaos profile, compared with a server without faults:", ""]
        let head = ["profile", "answered", "requests per call", "tokens wasted", "added at the median", "at p99"]
        lines += Self.table([head] + profiles.map(row))
        return lines.joined(separator: "\n") + "\n"
    }

    static func words(of crowd: CallerStatistics) -> [String] {
        var words = ["\(number(crowd.amplification)) requests for each call"]
        guard !crowd.waits.isEmpty else { return words + ["the client does not retry"] }
        for (place, wait) in crowd.waits.enumerated() {
            words.append(
                "wait \(place + 1): median \(wait.median.inWords), shortest \(wait.shortest.inWords), longest "
                    + "\(wait.longest.inWords); the range of the middle 80 % is \(percent(wait.width)) of the median")
        }
        let growth = crowd.growth
        if growth.isEmpty {
            words.append("only one wait, so its growth cannot be measured")
        } else {
            let factors = growth.map { "× \(number($0))" }.joined(separator: ", ")
            words.append(
                growth.allSatisfy { $0 >= 1.5 }
                    ? "waits grow exponentially: \(factors)" : "waits do not grow exponentially: \(factors)")
        }
        if let herd = crowd.herdIndex {
            let verdict = herd > 0.9 ? ", a herd" : herd > 0.5 ? ", close together" : ""
            words.append(
                "herd index \(number(herd))\(verdict): the share of callers that retry within a twentieth of the wait")
        }
        return words
    }

    private func row(_ part: Part) -> [String] {
        let crowd = part.population
        return [
            part.name, Self.percent(crowd.answered), Self.number(crowd.amplification),
            crowd.waste.map(Self.percent) ?? "–", (crowd.latency(0.5) - calm.latency(0.5)).inWords,
            (crowd.latency(0.99) - calm.latency(0.99)).inWords,
        ]
    }

    /// Columns as wide as their widest cell, with numbers aligned to the right.
    static func table(_ rows: [[String]]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { place, cell in
                let space = String(repeating: " ", count: widths[place] - cell.count)
                return place == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    // MARK: As JSON

    /// Times are milliseconds.
    package var json: JSONValue {
        [
            "outage": Self.json(of: outage), "calm": Self.json(of: calm),
            "profiles": .object(
                JSONObject(
                    profiles.map { part in
                        var json = Self.json(of: part.population).object ?? JSONObject()
                        json["added_p50"] = Self.milliseconds(part.population.latency(0.5) - calm.latency(0.5))
                        json["added_p99"] = Self.milliseconds(part.population.latency(0.99) - calm.latency(0.99))
                        return JSONObject.Member(part.name, .object(json))
                    })),
        ]
    }

    private static func json(of crowd: CallerStatistics) -> JSONValue {
        [
            "callers": .int(crowd.callers.count), "answered": .number(JSONNumber(crowd.answered)),
            "requests_a_call": .number(JSONNumber(crowd.amplification)),
            "wasted_tokens": crowd.waste.map { .number(JSONNumber($0)) } ?? .null,
            "herd_index": crowd.herdIndex.map { .number(JSONNumber($0)) } ?? .null,
            "waits": .array(
                crowd.waits.map { wait in
                    [
                        "shortest": milliseconds(wait.shortest), "p10": milliseconds(wait.low),
                        "p50": milliseconds(wait.median), "p90": milliseconds(wait.high),
                        "longest": milliseconds(wait.longest),
                    ]
                }),
            "growth": .array(crowd.growth.map { .number(JSONNumber($0)) }),
            "p50": milliseconds(crowd.latency(0.5)), "p99": milliseconds(crowd.latency(0.99)),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        .number(JSONNumber((duration / .microseconds(1)).rounded() / 1000))
    }
}
