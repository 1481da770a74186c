import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario

extension RateLimiter {
    /// The buckets by their holder, then by family.
    func stored(_ offset: StoreOffset, at now: Moment) -> JSONObject {
        var json = JSONObject()
        func add(_ name: String, _ buckets: LimitBuckets) {
            let stored = buckets.stored(offset, at: now)
            if !stored.isEmpty { json.members.append(JSONObject.Member(name, .object(stored))) }
        }
        add("", common)
        for (name, buckets) in others.map({ ($0.name, $1) }).sorted(by: { $0.0 < $1.0 }) { add(name, buckets) }
        return json
    }

    mutating func take(_ json: JSONObject, _ offset: StoreOffset) {
        for member in json.members {
            guard let stored = member.value.object else { continue }
            if member.name.isEmpty {
                common.take(stored, offset)
            } else if let holder = Holder(member.name) {
                var buckets = buckets(of: holder)
                buckets.take(stored, offset)
                others[holder] = buckets
            }
        }
    }

    private func buckets(of holder: Holder) -> LimitBuckets {
        switch holder {
        case .organization: LimitBuckets(limits: limits, reportsUsual: true)
        case .project(let name): LimitBuckets(limits: accounts?.projects[name]?.limits, reportsUsual: false)
        case .key(let key): LimitBuckets(limits: accounts?.keys[key]?.limits, reportsUsual: false)
        }
    }
}

extension RateLimiter.Holder {
    fileprivate var name: String {
        switch self {
        case .organization(let name): "o" + name
        case .project(let name): "p" + name
        case .key(let key): "k" + key
        }
    }

    fileprivate init?(_ name: String) {
        let rest = String(name.dropFirst())
        switch name.first {
        case "o": self = .organization(rest)
        case "p": self = .project(rest)
        case "k": self = .key(rest)
        default: return nil
        }
    }
}

extension LimitBuckets {
    private static let places: [any WritableKeyPath<Buckets, RateBucket?> & Sendable] = [
        \.perMinute, \.perDay, \.tokens, \.images,
    ]

    fileprivate func stored(_ offset: StoreOffset, at now: Moment) -> JSONObject {
        var json = JSONObject()
        for (name, all) in buckets where !all.isDrained(at: now) {
            let values = Self.places.map { place -> JSONValue in
                guard let bucket = all[keyPath: place] else { return .null }
                return [.number(JSONNumber(bucket.used)), offset.stored(bucket.measuredAt)]
            }
            json.members.append(JSONObject.Member(name, .array(values)))
        }
        return json
    }

    fileprivate mutating func take(_ json: JSONObject, _ offset: StoreOffset) {
        for member in json.members {
            withBuckets(of: member.name, now: Moment(nanoseconds: 0)) { buckets in
                for (index, place) in Self.places.enumerated() {
                    guard let stored = member.value[index], let used = stored[0]?.double,
                        let measured = offset.moment(stored[1])
                    else { continue }
                    buckets[keyPath: place]?.used = used
                    buckets[keyPath: place]?.measuredAt = measured
                }
            }
        }
    }
}

extension LoadState {
    func stored(_ offset: StoreOffset) -> JSONValue {
        .array(
            stays.map { stay in
                [
                    .int(stay.number), stay.from == .distant ? .null : offset.stored(stay.from),
                    stay.until == .distant ? .null : offset.stored(stay.until), .bool(stay.until == nil),
                ]
            })
    }

    /// The calls that were running or queued at any server.
    init(_ json: [JSONValue], _ offset: StoreOffset) {
        stays = json.compactMap { stay in
            guard let number = stay[0]?.int else { return nil }
            return Stay(
                number: number, from: offset.moment(stay[1]) ?? .distant,
                until: stay[3]?.bool == true ? nil : offset.moment(stay[2]) ?? .distant)
        }
    }
}
