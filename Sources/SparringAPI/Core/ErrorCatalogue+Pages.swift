import SparringWire

extension ErrorCatalogue {
    /// Errors of the network in front of the API: no error object, often not JSON.
    struct Page: Sendable {
        let name: String
        let status: Int
        let contentType: String
        let body: String

        func answer(_ parameters: Parameters) -> Answer {
            var answer = Answer(
                status: parameters.status ?? status, headers: ["content-type": contentType],
                body: .whole(Array((parameters.message ?? body).utf8)))
            answer.error = name
            return answer
        }
    }

    static let pages: [Page] = [
        html("bad_gateway", 502, "502 Bad Gateway"),
        html("gateway_timeout", 504, "504 Gateway Time-out"),
        Page(
            name: "bad_gateway_json", status: 502, contentType: "application/json",
            body: #"{"error":{"code":502,"message":"Bad gateway.","param":null,"type":"cf_bad_gateway"}}"#),
        Page(
            name: "upstream_reset", status: 503, contentType: "text/plain",
            body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination"),
    ]

    private static func html(_ name: String, _ status: Int, _ title: String) -> Page {
        Page(
            name: name, status: status, contentType: "text/html",
            body: "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
                + "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n")
    }
}
