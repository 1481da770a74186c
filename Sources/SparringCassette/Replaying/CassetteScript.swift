import SparringExchange
import SparringWire

/// Composes a wire script from a recorded answer: the recorded bytes with the recorded timing, in the framing for this client.
struct CassetteScript {
    var exchange: RecordedExchange
    var client: ForwardFeed.Client
    /// The factor by which pauses are multiplied: 1 keeps the recorded timing, 0 removes all pauses.
    var timeScale: Double

    /// Returns nil if there is no answer to repeat.
    func compose() -> WireScript? {
        guard let answer = exchange.answer else {
            switch exchange.ending {
            case .closed: return WireScript(steps: [.end(.fin)])
            case .reset: return WireScript(steps: [.end(.reset)])
            default: return nil
            }
        }
        let isBodiless = client.isHead || answer.status == 204 || answer.status == 304
        let hasLength = answer.headers.contains("content-length") && !answer.headers.contains("transfer-encoding")
        let isChunked = !isBodiless && !hasLength && client.minorVersion >= 1
        let isWhole = exchange.ending == .complete
        let goesOn = client.keepsAlive && isWhole && (isBodiless || hasLength || isChunked)
        var script = WireScript()
        script.bytes.reserveCapacity(answer.body.count + answer.pieces.count * 12 + 1024)
        var due = Int64(0)

        func pause(until time: Int64) {
            let pause = Double(max(0, time - due)) * timeScale
            due = max(due, time)
            if pause >= 1 { script.steps.append(.pause(.nanoseconds(Int64(pause)))) }
        }
        func write(_ mark: Mark, _ append: (inout [UInt8]) -> Void) {
            let start = script.bytes.count
            append(&script.bytes)
            script.steps.append(.write(start..<script.bytes.count, mark))
        }

        pause(until: answer.headAt)
        write(.head) { head(answer, isChunked: isChunked, isBodiless: isBodiless, goesOn: goesOn, into: &$0) }
        var offset = 0
        for piece in isBodiless ? [] : answer.pieces where piece.count > 0 {
            pause(until: piece.at)
            write(.piece) { bytes in
                if isChunked { bytes += "\(String(piece.count, radix: 16))\r\n".utf8 }
                bytes += answer.body[offset..<(offset + piece.count)]
                if isChunked { bytes += "\r\n".utf8 }
            }
            offset += piece.count
        }
        pause(until: answer.endAt)
        if isWhole, isChunked { write(.done) { $0 += "0\r\n\r\n".utf8 } }
        script.steps.append(.end(exchange.ending == .reset ? .reset : goesOn ? .keepAlive : .fin))
        return script
    }

    /// The content length. An incomplete body stays shorter than the length that its head announces.
    private func length(_ recorded: String, _ answer: RecordedAnswer) -> String {
        guard exchange.ending != .complete, let recorded = Int(recorded) else { return String(answer.body.count) }
        return String(max(recorded, answer.body.count + 1))
    }

    private func head(
        _ answer: RecordedAnswer, isChunked: Bool, isBodiless: Bool, goesOn: Bool, into bytes: inout [UInt8]
    ) {
        bytes += "HTTP/1.1 \(answer.status) \(answer.reason)\r\n".utf8
        for field in Forwarding.headers(answer.headers).fields {
            var field = field
            if field.name.lowercased() == "content-length" {
                if isChunked { continue }
                // The length is replaced, because masking has changed it.
                if answer.isMasked, !isBodiless { field.value = length(field.value, answer) }
            }
            bytes += "\(field.name): \(field.value)\r\n".utf8
        }
        if isChunked { bytes += "transfer-encoding: chunked\r\n".utf8 }
        bytes += "connection: \(goesOn ? "keep-alive" : "close")\r\n\r\n".utf8
    }
}
