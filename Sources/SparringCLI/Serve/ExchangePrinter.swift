import SparringExchange
import SparringJSON
import SparringReport
import SparringWire

/// The log of `serve`: prints a line for each exchange when it ends.
struct ExchangePrinter: ExchangeSink {
    let log: ServerLog
    let format: LogFormat
    let style: TextStyle

    func receive(_ exchange: Exchange) { print(exchange, errorCode: nil) }

    func receive(_ exchange: Exchange, played script: WireScript) {
        print(exchange, errorCode: exchange.decision.status >= 400 ? Self.errorCode(in: script) : nil)
    }

    private func print(_ exchange: Exchange, errorCode: String?) {
        let line = ExchangeLine(exchange: exchange, errorCode: errorCode, endedAt: .now)
        log.line(format == .json ? line.json.text() : line.text(style))
    }

    /// The code of the error object in the sent answer, or its type if it has no code. Nil for other bodies, and for
    /// bodies that a fault has broken.
    static func errorCode(in script: WireScript) -> String? {
        let body = script.bytes.dropFirst(Redaction.headLength(ofAnswer: script.bytes))
        guard let error = (try? JSONValue.parse(Array(body)))?["error"] else { return nil }
        return (error["code"]?.string ?? error["type"]?.string).map { Redaction.text($0) }
    }
}

/// How `serve` writes its log.
enum LogFormat: String, CaseIterable, Sendable {
    case text
    case json
}
