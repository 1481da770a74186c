import SparringExchange
package import SparringJSON

extension TruthLedger {
    /// `rows` contains the upstreams' side, grouped by upstream, key, user, model and tags. `lines` contains both sides and their difference.
    /// `booked` contains the upstreams' side and the amounts that the gateway booked, by the client's key.
    package var json: JSONValue {
        [
            "rows": .array(rows.map(\.json)), "total": total.json,
            "lines": .array(lines.map(\.json)), "booked": .array(booked.map(\.json)),
        ]
    }
}

extension TruthLedger.Line {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "truth": .number(JSONNumber(truth)),
            "reported": reported.map { .number(JSONNumber($0)) } ?? .null,
            "difference": difference.map { .number(JSONNumber($0)) } ?? .null,
        ]
    }
}

extension TruthLedger.Booked {
    fileprivate var json: JSONValue {
        ["key": .string(key), "lines": .array(lines.map(\.json)), "problem": .string(orNull: problem)]
    }
}

extension TruthLedger.Row {
    fileprivate var json: JSONValue {
        [
            "upstream": .string(upstream), "key": .string(key), "user": .string(user), "model": .string(model),
            "tags": .object(JSONObject(tags.map { JSONObject.Member($0.name, .string($0.value)) })),
            "requests": .int(requests), "failed": .int(failed), "cancelled": .int(cancelled),
            "input_tokens": .int(input), "cached_tokens": .int(cached), "output_tokens": .int(output),
            "cost": .number(JSONNumber(dollars)), "unpriced": .int(unpriced),
        ]
    }
}
