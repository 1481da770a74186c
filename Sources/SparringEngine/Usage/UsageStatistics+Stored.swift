import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

extension UsageStatistics.Line {
    /// A number that distinguishes the lines of one server without their keys.
    var identity: Int {
        var hash = FNV1a()
        let texts =
            [key.session, key.endpoint, key.model, key.authorization, key.keyName].map { $0 ?? "\0" }
            + key.tags.flatMap { [$0.name, $0.value] }
        for text in texts {
            hash.add(text.utf8)
            // This byte never occurs in text.
            hash.add(0xFF)
        }
        return Int(Int64(bitPattern: hash.value))
    }

    /// The totals without the secret key: its displayable name is in its place.
    var json: JSONValue {
        [
            "endpoint": .string(orNull: key.endpoint), "model": .string(orNull: key.model),
            "key": .string(orNull: key.keyName ?? key.authorization.map(KeyName.of)),
            "tags": .array(key.tags.map { [.string($0.name), .string($0.value)] }),
            "requests": .int(requests), "retries": .int(retries), "faults": .int(faults),
            "missed": .int(missedFaults), "chaos": .int(chaos), "abandoned": .int(abandoned), "batched": .int(batched),
            "statuses": .array(statuses.map { [.int($0.status), .int($0.count)] }),
            "names": .object(JSONObject(faultNames.map { .init($0.key, .int($0.value)) })),
            "errors": .array(
                errors.map { entry in
                    [
                        .int(entry.kind.status), .string(orNull: entry.kind.code), .string(entry.kind.cause.rawValue),
                        .int(entry.count),
                    ]
                }),
            "usage": usage.json, "cost": .number(JSONNumber(cost)), "total": total.json, "first_token": firstToken.json,
            "first_event": firstEvent.json, "per_token": perToken.json,
        ]
    }

    /// Reads `json`.
    init(_ json: JSONValue, of session: String, _ prices: PriceTable) {
        let tags = (json["tags"]?.array ?? []).map { Exchange.Tag($0[0]?.string ?? "", $0[1]?.string ?? "") }
        let model = json["model"]?.string
        self.init(
            key: UsageStatistics.Key(
                session: session, endpoint: json["endpoint"]?.string, model: model, keyName: json["key"]?.string,
                tags: tags),
            price: model.flatMap { prices[$0] })
        func count(_ name: String) -> Int { json[name]?.int ?? 0 }
        (requests, retries, faults) = (count("requests"), count("retries"), count("faults"))
        (missedFaults, chaos) = (count("missed"), count("chaos"))
        (abandoned, batched) = (count("abandoned"), count("batched"))
        statuses = (json["statuses"]?.array ?? []).map { ($0[0]?.int ?? 0, $0[1]?.int ?? 0) }
        for member in json["names"]?.object?.members ?? [] { faultNames[member.name] = member.value.int ?? 0 }
        errors = (json["errors"]?.array ?? []).map { entry in
            let cause = entry[2]?.string.flatMap { AnsweredError.Cause(rawValue: $0) } ?? .emulated
            return (
                AnsweredError(status: entry[0]?.int ?? 0, code: entry[1]?.string, cause: cause), entry[3]?.int ?? 0
            )
        }
        usage = Usage(json["usage"])
        cost = json["cost"]?.double ?? 0
        (total, firstToken) = (Histogram(json["total"]), Histogram(json["first_token"]))
        (firstEvent, perToken) = (Histogram(json["first_event"]), Histogram(json["per_token"]))
    }
}

extension Usage {
    fileprivate var json: JSONValue {
        .array(
            [input, cached, audioInput, output, reasoning, audioOutput, milliseconds, characters, images].map {
                .int($0)
            })
    }

    fileprivate init(_ json: JSONValue?) {
        func count(_ index: Int) -> Int { json?[index]?.int ?? 0 }
        self.init(input: count(0), output: count(3))
        (cached, audioInput, reasoning) = (count(1), count(2), count(4))
        (audioOutput, milliseconds, characters, images) = (count(5), count(6), count(7), count(8))
    }
}
