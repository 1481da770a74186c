import SparringCassette

/// Settings of `record` and `replay`, in addition to those of every server.
struct CassetteSettings {
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
    var redaction = CassetteRedaction()
    var keepsFailures = false
    var onMiss = OnMiss.fail
    var matching = CassetteMatching()
    var timeScale = 1.0
}
