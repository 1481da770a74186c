import SparringJSON
import SparringWire

/// Answers that gateways, proxies and captive portals send in place of the API's.
enum BodyFaults {
    static let all = [htmlPage, errorIn200, emptyBody, contentType, redirect]

    static let htmlPage = PayloadFault(
        kind: FaultKind(
            "html_page", .payload, at: .start, usually: .start,
            takes: [FaultParameter(.status, .choice(pages.map { String($0.status) }), .text("502"))],
            "an HTML error page of a proxy in front of the API"),
        answer: { scene, answer in
            guard let page = pages.first(where: { String($0.status) == scene.arguments.text(.status) }) else { return }
            answer.status = page.status
            answer.headers = ["content-type": "text/html; charset=UTF-8", "server": "cloudflare"]
            answer.body = .whole(
                Array(
                    "<!DOCTYPE html>\n<html><head><title>\(page.title)</title></head>\n<body><h1>\(page.title)</h1></body></html>\n"
                        .utf8))
        })

    private static let pages = [
        (status: 200, title: "Sign in to the network"), (status: 403, title: "403 Forbidden"),
        (status: 502, title: "502 Bad Gateway"), (status: 503, title: "503 Service Temporarily Unavailable"),
        (status: 504, title: "504 Gateway Time-out"),
        (status: 520, title: "520: Web server is returning an unknown error"),
        (status: 524, title: "524: A timeout occurred"),
    ]

    static let errorIn200 = PayloadFault(
        kind: FaultKind(
            "error_in_200", .payload, at: .start, usually: .start,
            takes: [
                FaultParameter(.error, .inBandError, ErrorCatalogue.inBand(named: "server_error").map { .error($0) })
            ],
            "an error body with status 200, as some gateways send it"),
        answer: { scene, answer in
            guard let error = scene.arguments.error(.error) else { return }
            answer.status = 200
            answer.headers["content-type"] = "application/json"
            answer.body = .whole(JSONValue.object(["error": error.json]).serialized())
        })

    static let emptyBody = PayloadFault(
        kind: FaultKind(
            "empty_body", .payload, at: .start, usually: .start, "status and header fields without a body"),
        answer: { _, answer in answer.body = .none })

    static let contentType = PayloadFault(
        kind: FaultKind(
            "content_type", .payload, at: .start, usually: .start,
            takes: [FaultParameter(.type, .text, .text("text/plain"))],
            "the body is correct, but `content-type` is wrong; `none` leaves it out"),
        answer: { scene, answer in
            let type = scene.arguments.text(.type)
            answer.headers["content-type"] = type == "none" ? nil : type
        })

    static let redirect = PayloadFault(
        kind: FaultKind(
            "redirect", .payload, at: .start, usually: .start,
            takes: [
                FaultParameter(.status, .choice(["301", "302", "303", "307", "308"]), .text("307")),
                FaultParameter(.location, .text, .text("?again")),
            ],
            "a redirect; by default to the same resource, which is an endless loop"),
        answer: { scene, answer in
            answer.status = Int(scene.arguments.text(.status)) ?? 307
            answer.headers["content-type"] = nil
            answer.headers["location"] = scene.arguments.text(.location).filter { !$0.isNewline }
            answer.body = .none
        })
}
