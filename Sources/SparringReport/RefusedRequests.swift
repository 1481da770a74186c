import SparringConformance
import SparringJSON

/// The requests of a run that the API's own checks refused. Each reason is listed once, with the number of requests and
/// cases. Requests of cases that passed are left out, because such a case may need a refusal.
enum RefusedRequests {
    /// `400 Unrecognized request argument … (strict validation; --validation lenient accepts it) · 3 requests in 2 cases`
    static func lines(_ log: RunLog) -> [String] {
        var reasons: [String] = []
        var requests: [String: [String]] = [:]
        for entry in log.selected where entry.end?.verdict != .pass {
            for exchange in entry.exchanges {
                guard let refused = exchange["refused"]?.string else { continue }
                let reason = "\(exchange["status"]?.int ?? 0) \(refused)"
                if requests[reason] == nil { reasons.append(reason) }
                requests[reason, default: []].append(entry.start.id)
            }
        }
        return reasons.map { reason in
            let ids = requests[reason] ?? []
            let cases = Set(ids).count
            let place = cases == 1 ? ids[0] : "\(cases) cases"
            return "\(reason) · \(ids.count) request\(ids.count == 1 ? "" : "s") in \(place)"
        }
    }
}
