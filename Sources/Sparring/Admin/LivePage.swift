import SparringExchange
import SparringWire

/// The live page, which shows traffic while it happens. A browser gets the page at `/` and at `/_sparring/`. A client that does not ask for
/// HTML gets the API's answer at these paths. The page contains no data: it requests data from the admin API,
/// whose access rules apply.
enum LivePage {
    /// Called for every request of the server, so it checks the target's length first.
    static func isWanted(by request: Request) -> Bool {
        let path = request.target.utf8
        guard path.count == 1 || path.count == 10 || path.count == 11 else { return false }
        guard ["/", AdminRouter.root, AdminRouter.root + "/"].contains(request.target) else { return false }
        guard request.method == "GET" || request.method == "HEAD" else { return false }
        return request.headers.list("accept").contains { $0.lowercased().hasPrefix("text/html") }
    }

    /// Allows only the page's own style and script, by their hashes, and only requests to this server. Text from a
    /// client that looks like HTML has no effect.
    ///
    /// Source: https://www.w3.org/TR/CSP3/
    static let policy = """
        default-src 'none'; style-src '\(EmbeddedPage.styleHash)'; script-src '\(EmbeddedPage.scriptHash)'; \
        connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    static var answer: Answer {
        .admin(
            contentType: "text/html; charset=utf-8", Array(EmbeddedPage.document.utf8),
            headers: ["content-security-policy": policy, "referrer-policy": "no-referrer"])
    }
}
