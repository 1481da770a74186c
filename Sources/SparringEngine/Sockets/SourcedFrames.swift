import SparringExchange
import SparringJSON
import SparringWire

/// Reads the messages of a source's script, so that a scenario can apply faults and another pace to them.
enum SourcedFrames {
    /// The answer has one event for each text message. The pauses between the events are whole milliseconds.
    static func editable(_ script: WireScript) -> SourcedAnswer.Editable {
        var events: [Event] = []
        // Pauses are differences of rounded times, so that rounding errors do not add up.
        var (time, due) = (Duration.zero, Int64(0))
        for step in script.steps {
            switch step {
            case .pause(let pause): time += pause
            case .write(let range, _):
                var reader = SocketReader(from: .server, limit: .max)
                for input in reader.read(Array(script.bytes[range])) {
                    guard case .text(let data) = input else {
                        return .no("faults apply only to text messages, and the recorded answer has other frames")
                    }
                    var event = Event(data: data, kind: kind(of: data))
                    let now = Int64(time / .milliseconds(1))
                    event.pause = .milliseconds(max(0, now - due))
                    due = max(due, now)
                    events.append(event)
                }
            case .end(.keepAlive), .flush: continue
            case .end: return .no("the recorded answer ends the socket")
            case .await, .read, .interim, .frames, .fault, .hold: return .no("the answer is not a list of messages")
            }
        }
        return .answer { [events] in (Answer(status: 200, body: .events(events)), .none) }
    }

    /// The kind of an event, for points such as `content 3` and `done`. A recorded event counts as one token, because
    /// the API does not report tokens per event.
    private static func kind(of data: [UInt8]) -> Event.Kind {
        guard let type = (try? JSONValue.parse(data))?["type"]?.string else { return .frame }
        switch type {
        case "error": return .error
        case "response.completed", "response.incomplete", "response.failed", "response.done": return .finish
        default: return type.hasSuffix(".delta") ? .content(tokens: 1) : .frame
        }
    }
}
