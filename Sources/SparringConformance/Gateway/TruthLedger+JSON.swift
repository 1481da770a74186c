package import SparringJSON

extension TruthLedger {
    /// `rows` contains the upstreams' side, grouped by upstream, key, user and model. `lines` contains both sides and their difference.
    package var json: JSONValue {
        [
            "rows": .array(rows.map(\.json)), "total": total.json,
            "lines": .array(
                lines.map { line in
                    [
                        "name": .string(line.name), "truth": .number(JSONNumber(line.truth)),
                        "reported": line.reported.map { .number(JSONNumber($0)) } ?? .null,
                        "difference": line.difference.map { .number(JSONNumber($0)) } ?? .null,
                    ]
                }),
        ]
    }
}

extension TruthLedger.Row {
    fileprivate var json: JSONValue {
        [
            "upstream": .string(upstream), "key": .string(key), "user": .string(user), "model": .string(model),
            "requests": .int(requests), "failed": .int(failed), "cancelled": .int(cancelled),
            "input_tokens": .int(input), "cached_tokens": .int(cached), "output_tokens": .int(output),
            "cost": .number(JSONNumber(dollars)), "unpriced": .int(unpriced),
        ]
    }
}
