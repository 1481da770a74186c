package import SparringJSON

/// The protocol of a session driver: one JSON object for each line, commands in and replies out.
package enum DriverProtocol {
    package static let version = 1

    package static func start(kit: String, suite: String = RequirementSet.current) -> JSONValue {
        ["cmd": "start", "protocol": .int(version), "kit": .string(kit), "suite": .string(suite)]
    }

    package static let stop: JSONValue = ["cmd": "stop"]

    /// - Parameters:
    ///   - id: the command's id, which no other command has.
    ///   - session: the case's token.
    ///   - deadline: the deadline, counted from the first request.
    package static func run(
        _ subject: Case, id: String, baseURL: String, apiKey: String, session: String, deadline: Duration
    ) -> JSONValue {
        let task = subject.task
        var message: JSONObject = [
            "cmd": "run", "id": .string(id), "case": .string(subject.id), "op": .string(task.operation.rawValue),
            "base_url": .string(baseURL), "api_key": .string(apiKey),
            // File and batch operations have no first JSON body. The member `task` describes these operations.
            "input": task.request(session: session)?.body ?? ["model": .string(task.model)],
            "deadline_ms": .int(Int(deadline / .milliseconds(1))),
        ]
        message["options"] = task.options
        message["cancel"] = task.cancel
        // The member `task` comes last, so that a driver that searches the line for names finds the names of the call first.
        message["task"] = task.json(session: session)
        return .object(message)
    }
}

/// A driver's reply to `start`: its client and capabilities.
package struct DriverIntroduction: Sendable, Hashable {
    package var client: ClientVersion
    package var capabilities: [String]
    /// The number of runs that the driver accepts at the same time.
    package var concurrency: Int

    package init(json: JSONValue) throws(ProtocolProblem) {
        try MessageShape.introduction.check(json)
        guard json["protocol"]?.int == DriverProtocol.version else {
            throw ProtocolProblem(
                "the driver speaks protocol \(json["protocol"]?.number?.text ?? ""), this kit speaks \(DriverProtocol.version)"
            )
        }
        guard let client = json["client"].flatMap(ClientVersion.init) else {
            throw ProtocolProblem("`client` has no name and version")
        }
        self.client = client
        capabilities = json["capabilities"]?.array?.compactMap(\.string) ?? []
        concurrency = max(1, json["concurrency"]?.int ?? 1)
    }
}

/// The client that was graded.
package struct ClientVersion: Sendable, Hashable {
    package var name: String
    package var version: String
    package var language: String?

    package init(name: String, version: String, language: String? = nil) {
        self.name = name
        self.version = version
        self.language = language
    }

    /// Nil if the name or the version is missing.
    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let version = json["version"]?.string else { return nil }
        self.init(name: name, version: version, language: json["language"]?.string)
    }

    var json: JSONValue {
        ["name": .string(name), "version": .string(version), "language": .string(orNull: language)]
    }
}

/// A driver's reply to a command.
package enum DriverReply: Sendable, Hashable {
    case outcome(id: String, Outcome)
    /// The client cannot do what the case needs.
    case skipped(id: String, reason: String)
    /// The driver does not know the command.
    case unsupported(id: String?)

    package var id: String? {
        switch self {
        case .outcome(let id, _), .skipped(let id, _): id
        case .unsupported(let id): id
        }
    }

    package init(json: JSONValue) throws(ProtocolProblem) {
        if json["error"]?.string != nil {
            try MessageShape.refusal.check(json)
            self = .unsupported(id: json["id"]?.string)
            return
        }
        guard let id = json["id"]?.string else {
            throw ProtocolProblem("a reply needs the `id` of its command, a string: \(json.text().prefix(120))")
        }
        if json["skipped"]?.bool == true {
            try MessageShape.skipped.check(json)
            self = .skipped(id: id, reason: json["reason"]?.string ?? "")
        } else {
            try MessageShape.outcome.check(json)
            self = .outcome(id: id, Outcome(json: json))
        }
    }
}
