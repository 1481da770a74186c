package import SparringJSON

extension RunReport {
    /// The report without its exchanges, for `run --json` and the admin API.
    package var json: JSONObject {
        [
            "scenario": .string(scenario), "seed": .number(JSONNumber(text: String(seed))),
            "held": .bool(held), "calls": .int(calls), "attempts": .int(attempts),
            "faults": [
                "ordered": .int(faultsOrdered), "delivered": .int(faultsDelivered),
                "missed": .strings(faultsMissed),
            ],
            "errors": .object(
                JSONObject(errors.sorted { $0.key < $1.key }.map { JSONObject.Member(String($0.key), .int($0.value)) })),
            "chaos": .strings(struck),
            "refused": .strings(refused),
            "unmatched": .strings(unmatched), "left_over": .strings(leftOver),
            "warnings": .strings(warnings),
            "unexpected": .string(orNull: unexpected),
            "dropped_exchanges": .int(droppedExchanges),
        ]
    }
}
