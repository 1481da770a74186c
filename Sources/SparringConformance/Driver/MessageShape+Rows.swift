import SparringScenario

/// The messages of protocol 1.
extension MessageShape {
    // MARK: From the driver

    /// The reply to `start`.
    package static let introduction = MessageShape(
        name: "the answer to `start`",
        members: [
            Member(name: "protocol", kind: .whole, isRequired: true),
            Member(
                name: "client",
                kind: .object([
                    Member(name: "name", kind: .text, isRequired: true),
                    Member(name: "version", kind: .text, isRequired: true),
                    Member(name: "language", kind: .text),
                    Member(name: "homepage", kind: .text),
                    Member(name: "issues", kind: .text),
                ]), isRequired: true),
            Member(name: "capabilities", kind: .list(.text), isRequired: true),
            Member(name: "concurrency", kind: .whole),
            Member(name: "policy", kind: .object([])),
        ])

    /// The outcome of a call, as the client reports it.
    package static let outcome = MessageShape(
        name: "an outcome",
        members: [
            Member(name: "ok", kind: .flag, isRequired: true),
            Member(name: "text", kind: .text, mayBeNull: true),
            Member(name: "events", kind: .whole, mayBeNull: true),
            Member(name: "finish_reason", kind: .text, mayBeNull: true),
            Member(name: "usage", kind: .object([]), mayBeNull: true),
            Member(name: "tool_calls", kind: .list(.anything), mayBeNull: true),
            Member(name: "executed", kind: .list(.anything), mayBeNull: true),
            Member(
                name: "error",
                kind: .object([
                    Member(name: "kind", kind: .choice(ErrorKind.allCases.map(\.rawValue)), isRequired: true),
                    Member(name: "status", kind: .whole, mayBeNull: true),
                    Member(name: "code", kind: .anything),
                    Member(name: "message", kind: .text, mayBeNull: true),
                    Member(name: "retryable", kind: .flag, mayBeNull: true),
                    Member(name: "request_id", kind: .text, mayBeNull: true),
                ]), mayBeNull: true),
            Member(
                name: "partial",
                kind: .object([
                    Member(name: "text", kind: .text, mayBeNull: true),
                    Member(name: "events", kind: .whole, mayBeNull: true),
                ]), mayBeNull: true),
        ])

    /// The driver's reply to `run` if the driver cannot run the case.
    package static let skipped = MessageShape(
        name: "a skipped run",
        members: [
            Member(name: "skipped", kind: .flag, isRequired: true),
            Member(name: "reason", kind: .text, isRequired: true),
            Member(name: "issue", kind: .text, mayBeNull: true),
        ])

    /// The reply to a command that the driver does not know.
    package static let refusal = MessageShape(
        name: "a refusal", members: [Member(name: "error", kind: .choice(["unsupported"]), isRequired: true)])

    // MARK: From the kit

    package static let start = MessageShape(
        name: "`start`",
        members: [
            Member(name: "cmd", kind: .choice(["start"]), isRequired: true),
            Member(name: "protocol", kind: .whole, isRequired: true),
            Member(name: "kit", kind: .text, isRequired: true),
            Member(name: "suite", kind: .text, isRequired: true),
        ])

    package static let run = MessageShape(
        name: "`run`",
        members: [
            Member(name: "cmd", kind: .choice(["run"]), isRequired: true),
            Member(name: "id", kind: .text, isRequired: true),
            Member(name: "case", kind: .text, isRequired: true),
            Member(name: "op", kind: .text, isRequired: true),
            Member(name: "base_url", kind: .text, isRequired: true),
            Member(name: "api_key", kind: .text, isRequired: true),
            Member(
                name: "input", kind: .object([Member(name: "model", kind: .text, isRequired: true)]), isRequired: true),
            Member(name: "task", kind: .object([])),
            Member(
                name: "options",
                kind: .object([
                    Member(name: "timeout_ms", kind: .whole), Member(name: "max_retries", kind: .whole),
                ])),
            Member(name: "cancel", kind: .object([Member(name: "after_events", kind: .whole)])),
            Member(name: "deadline_ms", kind: .whole, isRequired: true),
        ])

    package static let stop = MessageShape(
        name: "`stop`", members: [Member(name: "cmd", kind: .choice(["stop"]), isRequired: true)])
}
