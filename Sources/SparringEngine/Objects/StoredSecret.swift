import SparringJSON

/// A client secret (`ek_…`). A client without an API key uses it to open a Realtime session.
struct StoredSecret: Sendable {
    let value: String
    /// The settings of the session, as the client sent them.
    let settings: JSONObject
    /// Session time, in Unix seconds.
    let expiresAt: Int
    /// The key that made the secret, if the scenario has accounts.
    let key: String?
    /// True if the secret opens sessions that translate, and no others.
    let isOfTranslation: Bool
}
