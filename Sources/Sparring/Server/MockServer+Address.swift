import SparringHTTP

/// The server's address for clients.
extension MockServer {
    /// `https` or `http`.
    public var scheme: String { http.isTLS ? "https" : "http" }

    /// The host that clients connect to: the address of the configuration, or 127.0.0.1 if the server listens on all addresses.
    public var host: String {
        switch boundHost {
        case "127.0.0.1", "localhost", "0.0.0.0", "::": "127.0.0.1"
        default: boundHost
        }
    }

    /// The port that the server listens on.
    public var port: Int { http.port }

    /// The path of the default session: `/v1`.
    public var path: String { defaultSession.path }

    /// The base URL of the default session, such as `http://127.0.0.1:49152/v1`.
    public var baseURL: String { defaultSession.baseURL }

    /// A key for clients. Any other key is accepted too, except if the scenario has accounts.
    public var apiKey: String { defaultSession.apiKey }

    /// `http://127.0.0.1:49152`
    var origin: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// The base URL of a session. The name is not checked.
    package func baseURL(session: String) -> String { origin + path(session: session) }

    /// The path of a session. The name is not checked.
    package func path(session: String) -> String { "/s/\(session)/v1" }
}
