import SparringEngine
import SparringJSON
import SparringScenario
import SparringWire

/// A change of a session's dials that an admin request orders.
struct DialOrder: Sendable {
    /// If nil, the pace does not change.
    var pace: Turn<Pace>?
    var chaos: Turn<Chaos>?

    enum Turn<Value: Sendable>: Sendable {
        case to(Value)
        /// The scenario's value applies again.
        case back
    }

    struct Chaos: Sendable {
        var rate: Double
        /// The built-in profile whose faults chaos chooses from. If nil, chaos chooses from the scenario's faults. A scenario
        /// without faults gets the faults of `usualProfile`.
        var profile: String?
    }

    /// The profile for a scenario without chaos.
    static let usualProfile = "flaky"

    static let profiles = BuiltIn.names.filter { $0.hasPrefix("chaos/") }.map { String($0.dropFirst(6)) }

    /// The faults of a profile.
    static func strikes(of profile: String) -> [SparringScenario.Chaos.RandomFault] {
        (try? MockScenario(named: "chaos/\(profile)").resolved())?.chaos?.strikes ?? []
    }
}

extension AdminBody {
    /// `{"stream":{"rate":"20/s"},"chaos":"30%","profile":"flaky"}`; null resets a dial to the scenario's value.
    static func dials(_ body: [UInt8], session: String?) throws(AdminProblem) -> AdminCall {
        let keys = ["session", "stream", "chaos", "profile"]
        let example = #"{"stream":{"rate":"20/s"}}, {"chaos":"30%"} or {"stream":null,"chaos":null}"#
        return try read(body, keys: keys, example: example) { body in
            let (reader, mapping) = (body.reader, body.mapping)
            var order = DialOrder()
            order.pace = mapping["stream"].map { node in
                node.json == .null ? .back : .to(ScenarioLoader.pace(node, reader: reader))
            }
            let profile = mapping["profile"].flatMap { node in
                reader.choice(node, "profile", DialOrder.profiles.map { ($0, $0) })
            }
            if let node = mapping["chaos"] {
                let rate =
                    node.json == .null ? nil : ScenarioLoader.rate(node, reader: reader, errors: MockScenario.catalogue)
                order.chaos = rate.map { .to(DialOrder.Chaos(rate: $0, profile: profile)) } ?? .back
            } else if let node = mapping["profile"] {
                reader.note(node, "`chaos` is missing: the share of calls that get a fault of the profile")
            }
            if order.pace == nil, mapping["chaos"] == nil {
                reader.note(body.root, "give `stream`, `chaos` or both")
            }
            return .dials(order, session: body.session(or: session) ?? RequestAddress.defaultName)
        }
    }
}

extension Admin {
    func turn(_ order: DialOrder, of session: Session) throws(AdminProblem) -> Answer {
        let scenario = session.dialed.own.scenario
        var chaos: Dials.Chaos?
        if case .to(let wanted)? = order.chaos {
            guard scenario.chaos?.schedule == nil else {
                throw AdminProblem(
                    status: 409, what: "the chaos of '\(scenario.name)' is a schedule, which has no rate",
                    place: "body, chaos", fix: "play a scenario whose chaos has a `rate`")
            }
            let profile = wanted.profile ?? (scenario.chaos == nil ? DialOrder.usualProfile : nil)
            chaos = Dials.Chaos(rate: wanted.rate, strikes: profile.map(DialOrder.strikes) ?? [])
        }
        session.turn { dials in
            switch order.pace {
            case .to(let pace)?: dials.pace = pace
            case .back?: dials.pace = nil
            case nil: break
            }
            if order.chaos != nil { dials.chaos = chaos }
        }
        guard case .object(var json) = DialReport.json(session) else { return .admin(.null) }
        json["session"] = .string(session.name)
        return .admin(.object(json))
    }
}

/// The dials of a session as JSON: the values for its next answers, and whether each comes from a dial.
enum DialReport {
    static func json(_ session: Session) -> JSONValue {
        let (dials, scenario) = (session.dialed.dials, session.world.scenario)
        return [
            "stream": scenario.pace == .none
                ? .null
                : [
                    "first_ms": scenario.pace.first.map(milliseconds) ?? .null,
                    "every_ms": scenario.pace.every.map(milliseconds) ?? .null,
                ],
            "chaos": scenario.chaos.map { $0.schedule == nil ? .number(JSONNumber($0.rate)) : "schedule" } ?? .null,
            "turned": .strings((dials.pace == nil ? [] : ["stream"]) + (dials.chaos == nil ? [] : ["chaos"])),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        .number(JSONNumber(Double(Int((duration / .microseconds(1)).rounded())) / 1000))
    }
}
