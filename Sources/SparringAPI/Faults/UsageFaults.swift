import SparringJSON
import SparringWire

/// Faults that send usage where the API sends none.
enum UsageFaults {
    static let all = [runningUsage]

    static let runningUsage = PayloadFault(
        kind: FaultKind(
            "running_usage", .payload, at: .start, usually: .start,
            "every chunk of a chat stream has the usage up to this chunk, as some servers send it"),
        answer: { _, answer in
            guard case .events(let events) = answer.body else { return }
            let input = answer.usage?.input ?? 0
            var output = 0
            answer.body = .events(
                events.map { event in
                    if case .content(let tokens) = event.kind { output += tokens }
                    return event.editing { chunk in
                        guard chunk["choices"]?.array?.isEmpty == false else { return false }
                        chunk["usage"] = [
                            "prompt_tokens": .int(input), "completion_tokens": .int(output),
                            "total_tokens": .int(input + output),
                        ]
                        return true
                    } ?? event
                })
        })
}
