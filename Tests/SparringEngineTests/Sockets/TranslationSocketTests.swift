import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Translation sessions, which are not emulated")
struct TranslationSocketTests {
    @Test(
        "The socket of a translation session opens, says that it is not emulated, and closes",
        arguments: ["/v1/realtime/translations?model=gpt-realtime-translate", "/s/one/v1/realtime/translations"])
    func says(target: String) throws {
        let opening = SocketClient.open(try SocketClient.engine(), target: target)
        #expect(opening.exchange.decision.status == 101 && opening.socket == nil)
        #expect(opening.exchange.decision.unmatched == "translation sessions are not emulated")
        let script = opening.script
        let head = try #require(script.bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        var reader = SocketReader(from: .server, limit: 1 << 20)
        let inputs = reader.read(Array(script.bytes[head.upperBound...]))
        guard case .text(let message) = inputs.first, case .close(let close?) = inputs.last else {
            Issue.record("\(inputs)")
            return
        }
        let event = try JSONValue.parse(message)
        #expect(event["type"] == "error" && event["error"]?["code"] == "sparring_unsupported")
        #expect(event["error"]?["message"]?.string?.hasPrefix("Sparring: translation sessions are not") == true)
        #expect(close.code == 4000 && script.steps.last == .end(.fin))
    }

    @Test("An invalid handshake of a translation session is refused as elsewhere")
    func refuses() throws {
        var headers = SocketClient.handshake
        headers["sec-websocket-version"] = "8"
        let opening = SocketClient.open(
            try SocketClient.engine(), target: "/v1/realtime/translations", headers: headers)
        #expect(opening.exchange.decision.status == 426)
    }
}
