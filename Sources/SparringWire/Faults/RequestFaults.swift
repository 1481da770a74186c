/// The faults that strike after a request's head.
package enum RequestFaults {
    package static let all = [refuseContinue, lateContinue, earlyAnswer, stalledUpload]

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })

    static let refuseContinue = RequestFault(
        kind: FaultKind(
            "refuse_continue", .request, at: .requestHead, usually: .requestHead,
            "a client that sends `Expect: 100-continue` gets 417 for it, and the connection ends"),
        strike: { _ in .refuseContinue })

    static let lateContinue = RequestFault(
        kind: FaultKind(
            "late_continue", .request, at: .requestHead, usually: .requestHead,
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(2)))],
            "a client that sends `Expect: 100-continue` waits that long for it, or sends its body before"),
        strike: { .lateContinue($0.duration(.duration) ?? .zero) })

    static let earlyAnswer = RequestFault(
        kind: FaultKind(
            "early_answer", .request, at: .requestHead, usually: .requestHead,
            takes: [
                FaultParameter(
                    .error,
                    .choice([
                        "server_error", "server_is_overloaded", "rate_limit_exceeded", "slow_down", "bad_gateway",
                        "invalid_api_key",
                    ]), .text("server_error"))
            ],
            "the answer, an error, comes before the body has been read, and the connection ends: who looks only when all is sent may "
                + "see nothing but a reset"),
        strike: { .earlyAnswer($0.text(.error)) })

    static let stalledUpload = RequestFault(
        kind: FaultKind(
            "stalled_upload", .request, at: .requestHead, usually: .requestHead,
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(2)))],
            "the head is read, and nothing of the body for that long: a large one comes to a stand"),
        strike: { .stalledUpload($0.duration(.duration) ?? .zero) })
}
