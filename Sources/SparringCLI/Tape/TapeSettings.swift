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
}
