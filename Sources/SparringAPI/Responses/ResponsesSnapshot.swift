import SparringJSON
import SparringWire

/// The response object at its start or at its end.
package struct ResponsesSnapshot: Sendable {
    /// The progress of a response.
    package enum Status: Sendable, Hashable {
        case queued
        case inProgress
        /// Completed, incomplete or failed, according to the output.
        case ended
        case cancelled
    }

    let request: ResponsesRequest
    let output: ResponsesOutput
    let created: Int
    /// When the response ends, in Unix seconds; for a background response, the planned time.
    let completed: Int

    /// - Parameter isWhole: true for a whole body, which has the billing member; false inside an event.
    func write(_ status: Status, isWhole: Bool = false, to writer: inout JSONWriter) {
        let hasEnded = status == .ended
        writer.object { writer in
            writer.member("id", output.id)
            writer.member("object", "response")
            writer.member("created_at", created)
            writer.member("status", word(status))
            writer.member("background", request.isBackground)
            if isWhole { writer.member("billing", ["payer": "developer"]) }
            writer.member("completed_at", hasEnded && output.ending == nil ? JSONValue.int(completed) : .null)
            writer.member("error", hasEnded ? error : .null)
            writeEcho(request.echo.beforeOutput, hasEnded, to: &writer)
            writer.member("output") { writer in
                writer.array { writer in
                    guard hasEnded else { return }
                    for item in output.items { writer.element { item.write(to: &$0) } }
                }
            }
            writeEcho(request.echo.beforeTier, hasEnded, to: &writer)
            writer.member("service_tier", hasEnded ? request.echo.tier.granted : request.echo.tier.asked)
            writeEcho(request.echo.afterTier, hasEnded, to: &writer)
            writer.member("usage", hasEnded && !hasFailed ? usage : .null)
            writeEcho(request.echo.afterUsage, hasEnded, to: &writer)
        }
    }

    func word(_ status: Status) -> String {
        switch status {
        case .queued: "queued"
        case .inProgress: "in_progress"
        case .ended:
            switch output.ending {
            case nil: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        case .cancelled: "cancelled"
        }
    }

    private func writeEcho(_ members: [JSONObject.Member], _ hasEnded: Bool, to writer: inout JSONWriter) {
        for member in members {
            guard member.name == "incomplete_details", hasEnded, case .incomplete(let reason) = output.ending else {
                writer.member(named: member.name, member.value)
                continue
            }
            writer.member(named: member.name, ["reason": .string(reason)])
        }
    }

    private var hasFailed: Bool { if case .failed = output.ending { true } else { false } }

    private var error: JSONValue {
        guard case .failed(let code, let message) = output.ending else { return .null }
        return ["code": .string(code), "message": .string(message)]
    }

    /// The billed usage; nil if the response fails.
    var used: Usage? {
        guard !hasFailed else { return nil }
        var usage = Usage(input: request.promptTokens, output: output.tokens)
        usage.reasoning = output.reasoningTokens
        usage.cached = output.cache.cached
        return usage
    }

    private var usage: JSONValue {
        ResponsesUsage(
            input: request.promptTokens, output: output.tokens, reasoning: output.reasoningTokens, cache: output.cache
        ).json
    }
}
