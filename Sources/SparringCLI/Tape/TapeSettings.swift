import SparringTape

/// What `record` and `replay` go by, beside the settings of every server.
struct TapeSettings {
    enum OnMiss: String, CaseIterable {
        case fail
        case record
        case forward
    }

    var upstream: UpstreamAddress?
    /// The environment variable that holds the key which goes up.
    var upstreamKeyEnv: String?
    /// PEM files.
    var upstreamCA: [String] = []
    var redaction = TapeRedaction()
    var keepsFailures = false
    var onMiss = OnMiss.fail
    var matching = TapeMatching()
    var timeScale = 1.0

    mutating func set(_ key: Settings.Key, _ value: String, from place: String) throws {
        func mistake(_ reason: String) -> Settings.Mistake { Settings.Mistake(description: "\(place): \(reason)") }
        switch key {
        case .upstream:
            guard let address = UpstreamAddress(value) else {
                throw mistake("'\(value)' is no base URL, such as https://api.openai.com/v1")
            }
            upstream = address
        case .upstreamKeyEnv: upstreamKeyEnv = value
        case .upstreamCA: upstreamCA = Self.lines(value)
        case .redact:
            do {
                redaction = TapeRedaction(try Self.lines(value).map { try TapeRedaction.rule($0) })
            } catch let error as TapeRedaction.Mistake {
                throw mistake(error.description)
            }
        case .keepFailures: keepsFailures = try Settings.flag(value, place)
        case .onMiss: onMiss = try Settings.choice(value, place)
        case .match: matching.rigour = try Settings.choice(value, place)
        case .repeats: matching.repeats = try Settings.choice(value, place)
        case .render:
            matching.rendering = try Settings.choice(value, place)
            // A client that is told new identifiers names them in what it asks next.
            if matching.rendering == .fresh, matching.rigour == .normal { matching.rigour = .conversation }
        case .order: matching.keepsOrder = try Settings.flag(value, place)
        case .ignore:
            matching.ignored = try Self.lines(value).flatMap { $0.split(separator: ",") }.map { text in
                let text = text.drop { $0 == " " }
                guard let path = TapePath(text), !path.components.isEmpty else {
                    throw mistake("'\(text)' is no path, such as $.user or $.messages[*].name")
                }
                return path
            }
        case .timeScale:
            guard let scale = Double(value), scale >= 0, scale <= 1000 else {
                throw mistake("'\(value)' is not a scale (0 to 1000; 1 is the recorded rhythm, 0 none)")
            }
            timeScale = scale
        default: break
        }
    }

    private static func lines(_ value: String) -> [String] { value.split(separator: "\n").map(String.init) }

    func text(of key: Settings.Key) -> String? {
        func list(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: ", ") }
        return switch key {
        case .upstream: upstream?.description
        case .upstreamKeyEnv: upstreamKeyEnv
        case .upstreamCA: list(upstreamCA)
        case .redact: list(redaction.words)
        case .keepFailures: String(keepsFailures)
        case .onMiss: onMiss.rawValue
        case .match: matching.rigour.rawValue
        case .repeats: matching.repeats.rawValue
        case .render: matching.rendering.rawValue
        case .order: String(matching.keepsOrder)
        case .ignore: list(matching.ignored.map(\.description))
        case .timeScale: timeScale == timeScale.rounded() ? String(Int(timeScale)) : String(timeScale)
        default: nil
        }
    }
}
