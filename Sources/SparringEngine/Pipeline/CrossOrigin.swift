import SparringExchange
import SparringWire

/// CORS for clients in a browser (Fetch standard, CORS protocol): allows every origin, method and header.
enum CrossOrigin {
    static func preflight(_ request: Request) -> Answer {
        Answer(
            status: 204,
            headers: [
                "access-control-allow-origin": "*",
                "access-control-allow-methods": "GET, POST, DELETE, OPTIONS, HEAD",
                "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
                "access-control-expose-headers": "*",
                "access-control-max-age": "86400",
            ])
    }
}
