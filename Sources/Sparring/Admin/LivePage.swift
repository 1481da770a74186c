import SparringExchange
import SparringWire

/// The page that shows traffic as it happens. A browser gets it at `/` and at `/_sparring/`; a client, which does not ask
/// for HTML, gets the API's answer. The page holds no data: it asks the admin API, whose rules of access apply.
enum LivePage {
    /// Called for every request of the server: looks at the target's length first.
    static func isWanted(by request: Request) -> Bool {
        let path = request.target.utf8
        guard path.count == 1 || path.count == 10 || path.count == 11 else { return false }
        guard ["/", AdminRouter.root, AdminRouter.root + "/"].contains(request.target) else { return false }
        guard request.method == "GET" || request.method == "HEAD" else { return false }
        return request.headers.list("accept").contains { $0.lowercased().hasPrefix("text/html") }
    }

    /// Only the page's own style and script run, by their hashes, and only this server is asked: text of a client that looks
    /// like HTML does nothing.
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
