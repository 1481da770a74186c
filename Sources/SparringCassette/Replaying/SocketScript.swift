import SparringExchange
import SparringJSON
import SparringWire

/// Writes the actions of a recorded server on a WebSocket as wire scripts.
struct SocketScript {
    /// The factor by which pauses are multiplied: 1 keeps the recorded timing, 0 removes all pauses.
    let timeScale: Double
    /// The rendering that moves the dates in messages; nil to keep the dates.
    var rendering: FreshRendering?

    /// The answer to a handshake. The answer lasts until the client disconnects.
    /// - Parameters:
    ///   - recorded: the recorded answer.
    ///   - accept: the value of `Sec-WebSocket-Accept` for this client.
    func handshake(_ recorded: RecordedAnswer, accept: String) -> WireScript {
        var head = "HTTP/1.1 101 \(recorded.reason)\r\n"
        let own = ["sec-websocket-accept", "sec-websocket-extensions", "content-length"]
        for field in Forwarding.headers(recorded.headers).fields where !own.contains(field.name.lowercased()) {
            head += "\(field.name): \(field.value)\r\n"
        }
        head += "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: \(accept)\r\n\r\n"
        var script = WireScript(bytes: Array(head.utf8))
        pause(recorded.headAt, in: &script)
        script.steps += [
            .write(0..<script.bytes.count, .head), .await(.peerGone, timeout: nil), .end(.fin),
        ]
        return script
    }

    func answer(_ answer: SocketTrack.Answer, _ renaming: Renaming) -> WireScript {
        var script = WireScript()
        var number = 0
        for cue in answer.cues {
            pause(cue.pause, in: &script)
            switch cue.action {
            case .end(let ending):
                script.steps.append(.end(ending))
                return script
            case .send(let content):
                number += 1
                write(frame(content, renaming), .event(number), in: &script)
                guard case .close = content else { continue }
                script.steps.append(.end(.fin))
                return script
            }
        }
        script.steps.append(.end(.keepAlive))
        return script
    }

    /// An error event, then a Close frame that official clients do not answer with a reconnection.
    func refusal(_ message: String, lane: String) -> WireScript {
        var event: JSONObject = ["type": "error", "status": 400]
        if !lane.isEmpty { event["stream_id"] = .string(lane) }
        event["error"] = [
            "type": "sparring_cassette", "code": "sparring_cassette", "message": .string("Sparring: \(message)"),
            "param": .null,
        ]
        var script = WireScript()
        write(.text(JSONValue.object(event).serialized()), .event(1), in: &script)
        write(
            .close(SocketClose(1008, "Sparring: the message is not in the cassette")), .event(2), in: &script)
        script.steps.append(.end(.fin))
        return script
    }

    private func frame(_ content: RecordedMessage.Content, _ renaming: Renaming) -> SocketFrame {
        switch content {
        case .text(let bytes):
            let renamed = renaming.edits(of: bytes).applied(to: bytes)
            return .text(rendering?.dated(renamed) ?? renamed)
        case .binary(let bytes): return SocketFrame(.binary, bytes)
        case .close(let code, let reason): return .close(code.map { SocketClose($0, reason) })
        }
    }

    private func pause(_ nanoseconds: Int64, in script: inout WireScript) {
        let pause = Double(nanoseconds) * timeScale
        if pause >= 1 { script.steps.append(.pause(.nanoseconds(Int64(pause)))) }
    }

    private func write(_ frame: SocketFrame, _ mark: Mark, in script: inout WireScript) {
        let start = script.bytes.count
        frame.append(to: &script.bytes)
        script.steps.append(.write(start..<script.bytes.count, mark))
    }
}
