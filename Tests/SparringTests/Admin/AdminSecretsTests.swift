import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import Sparring

@Suite("Secrets in the answers of the admin API")
struct AdminSecretsTests {
    private static let key = "sk-proj-0a1B2c3D4e5F6g7H8i9J"

    private static func exchange(_ headers: HeaderFields, _ body: [UInt8]) -> Exchange {
        var exchange = Exchange(
            number: 1, session: "s", connection: 1,
            request: Request(method: "POST", target: "/v1/x?key=hunter2", headers: headers, body: body),
            decision: Exchange.Decision(endpoint: nil, status: 400), timeline: Timeline())
        exchange.decision.unmatched = "last.user is \(key)"
        return exchange
    }

    @Test(
        "The admin API shows an exchange and its body without secrets",
        arguments: [
            (
                "application/json", #"{"password":"hunter2","a":"\#(key)"}"#,
                #"{"password":"…(masked)","a":"sk-…(masked)"}"#
            ),
            ("application/x-www-form-urlencoded", "token=hunter2&a=1", "token=…(masked)&a=1"),
        ])
    func body(type: String, body: String, expected: String) {
        let entry = Self.exchange(["Content-Type": type, "api-key": "hunter2"], Array(body.utf8)).fullEntry
        #expect(entry["body"]?.string == expected && entry["path"]?.string == "/v1/x?key=…(masked)")
        #expect(!entry.text().contains("hunter2") && !entry.text().contains(Self.key.dropFirst(8)))
    }

    @Test(
        "The admin API withholds a compressed body and gives the reason",
        arguments: [("gzip", [0x61]), ("br", [0x0B, 0x80]), ("identity", [0x1F, 0x8B, 0x08, 0x00])]
            as [(String, [UInt8])])
    func compressed(coding: String, body: [UInt8]) {
        let entry = Self.exchange(["Content-Encoding": coding], body).fullEntry
        #expect(entry["body"] == .null && entry["body_base64"] == nil)
        #expect(entry["body_withheld"]?.string?.hasPrefix("the body is ") == true)
    }

    @Test("The admin API applies additional masking rules in pages and for followers")
    func conceal() {
        let followers = Followers { exchange in
            var exchange = exchange
            exchange.request.target = "/concealed"
            return exchange
        }
        let follower = Follower(JournalQuery(), limit: nil, head: [], isChunked: false, followers: followers)
        follower.open {}
        _ = follower.next()
        followers.receive(Self.exchange([:], []))
        guard case .bytes(let bytes) = follower.next() else {
            Issue.record("no line came")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""path":"/concealed""#))
    }
}
