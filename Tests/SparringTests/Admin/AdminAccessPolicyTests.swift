import SparringExchange
import SparringWire
import Testing

@testable import Sparring

@Suite("Access to the admin API")
struct AdminAccessPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var bound = "127.0.0.1"
        var token: String?
        var headers: HeaderFields = ["host": "127.0.0.1:8080"]
        /// The status of the refusal; nil if the request is accepted.
        var status: Int?
        var place: String?

        var testDescription: String {
            "\(bound) \(token ?? "no token") "
                + headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        }
    }

    static func host(_ host: String, _ status: Int? = nil) -> Row {
        Row(headers: ["host": host], status: status, place: status.map { _ in "header Host" })
    }

    static let nameRows = [
        host("localhost"), host("LOCALHOST.:8080"), host("127.0.0.1"), host("127.8.8.8:1"), host("[::1]:8080"),
        host("[::1]"), host("evil.example", 403), host("evil.example:8080", 403), host("127.0.0.1.evil.example", 403),
        host("localhost.evil.example", 403), host("127.1", 403), host("127.0.0.256", 403), host("127.0.0.+1", 403),
        host("2130706433", 403), host("0.0.0.0", 403), host("", 403), host("[::1", 403), host("[::1]x", 403),
        host("localhost:", 403), host("localhost:80x", 403), host("evil.example:80@localhost", 403),
        host("evil.example@localhost", 403),
        Row(headers: [:], status: 403, place: "header Host"),
        Row(
            headers: HeaderFields([.init("Host", "localhost"), .init("host", "evil.example")]), status: 403,
            place: "header Host"),
    ]

    static func origin(_ origin: String, host: String = "127.0.0.1:8080", _ status: Int? = nil) -> Row {
        Row(
            headers: ["host": host, "origin": origin], status: status, place: status.map { _ in "header Origin" })
    }

    static let originRows = [
        origin("http://127.0.0.1:8080"), origin("HTTP://LocalHost:8080", host: "localhost:8080"),
        origin("http://evil.example", 403), origin("null", 403), origin("", 403),
        origin("https://127.0.0.1:8080", 403), origin("http://127.0.0.1:3000", 403),
        origin("http://localhost:8080", 403),
    ]

    static func token(_ authorization: String?, bound: String = "127.0.0.1", _ status: Int? = nil) -> Row {
        var row = Row(bound: bound, token: "open-sesame", status: status)
        row.headers["authorization"] = authorization
        row.place = status.map { _ in "header Authorization" }
        return row
    }

    static let tokenRows = [
        token("Bearer open-sesame"), token("bearer   open-sesame"), token(nil, 401), token("open-sesame", 401),
        token("Bearer ", 401), token("Bearer open-sesamf", 401), token("Bearer open-sesam", 401),
        token("Bearer open-sesameopen-sesame", 401), token("Bearer Open-sesame", 401), token("Basic open-sesame", 401),
        token("Bearer open-sesame", bound: "0.0.0.0"), token(nil, bound: "0.0.0.0", 401),
        Row(bound: "0.0.0.0", status: 403, place: "header Authorization"),
        Row(bound: "::", status: 403, place: "header Authorization"),
        Row(bound: "192.168.1.5", status: 403, place: "header Authorization"),
        Row(bound: "localhost"), Row(bound: "::1"), Row(bound: "127.0.0.2"),
    ]

    @Test("The admin API accepts the server's own names and rejects other Host headers", arguments: nameRows)
    func names(row: Row) { Self.check(row) }

    @Test("The admin API rejects pages of other origins", arguments: originRows)
    func origins(row: Row) { Self.check(row) }

    @Test("The admin API requires its token, and requires one to be set on a public address", arguments: tokenRows)
    func tokens(row: Row) { Self.check(row) }

    @Test("The admin API accepts its host name, and any name on a server that listens on all addresses")
    func bound() {
        let gate = AdminAccessPolicy(host: "Sparring.internal", token: "t")
        #expect(gate.strangerRefusal(of: Self.request(["host": "sparring.internal:8080"])) == nil)
        #expect(gate.strangerRefusal(of: Self.request(["host": "other.internal"]))?.status == 403)
        let open = AdminAccessPolicy(host: "0.0.0.0", token: "t")
        #expect(open.strangerRefusal(of: Self.request(["host": "whatever.internal"])) == nil)
        #expect(open.tokenRefusal(of: Self.request(["host": "whatever.internal"]))?.status == 401)
    }

    @Test(
        "The admin API of a server with TLS accepts only https origins", arguments: [("https", true), ("http", false)])
    func tls(scheme: String, isIn: Bool) {
        let request = Self.request(["host": "localhost:8080", "origin": "\(scheme)://localhost:8080"])
        #expect((AdminAccessPolicy(host: "127.0.0.1", token: nil, isTLS: true).refusal(of: request) == nil) == isIn)
    }

    private static func request(_ headers: HeaderFields) -> Request {
        Request(method: "GET", target: "/_sparring/journal", headers: headers)
    }

    private static func check(_ row: Row) {
        let refusal = AdminAccessPolicy(host: row.bound, token: row.token).refusal(of: request(row.headers))
        #expect(refusal?.status == row.status)
        #expect(refusal?.place == row.place)
        #expect(refusal?.fix.isEmpty != true)
    }
}
