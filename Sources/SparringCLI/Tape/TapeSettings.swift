import SparringTape

/// Settings of `record` and `replay`, in addition to those of every server.
struct TapeSettings {
    enum OnMiss: String, CaseIterable {
        case fail
        case record
        case forward
    }

    var upstream: UpstreamAddress?
    /// The environment variable with the key for the real API.
    var upstreamKeyEnv: String?
    /// Paths of PEM files.
    var upstreamCA: [String] = []
    var redaction = TapeRedaction()
    var keepsFailures = false
    var onMiss = OnMiss.fail
    var matching = TapeMatching()
    var timeScale = 1.0
}
