package import SparringJSON

extension RunReport {
    /// Everything but the exchanges: what `run --json` and the admin API say of a run.
    package var json: JSONObject {
        [
            "scenario": .string(scenario), "seed": .number(JSONNumber(text: String(seed))),
            "held": .bool(held), "calls": .int(calls), "attempts": .int(attempts),
            "faults": [
                "ordered": .int(faultsOrdered), "delivered": .int(faultsDelivered),
                "missed": .strings(faultsMissed),
            ],
            "unmatched": .strings(unmatched), "left_over": .strings(leftOver),
            "warnings": .strings(warnings),
            "unexpected": .string(orNull: unexpected),
            "dropped_exchanges": .int(droppedExchanges),
        ]
    }
}
