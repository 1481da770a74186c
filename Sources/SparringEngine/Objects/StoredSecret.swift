import SparringJSON

/// A client secret (`ek_…`), with which a client without a key opens a Realtime session.
struct StoredSecret: Sendable {
    let value: String
    /// The settings of the session, as they were sent.
    let settings: JSONObject
    /// Session time, in Unix seconds.
    let expiresAt: Int
    /// The key that made it, if the scenario has accounts.
    let key: String?
}
