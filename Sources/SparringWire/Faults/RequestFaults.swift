/// The faults that strike after a request's head.
package enum RequestFaults {
    package static let all = [refuseContinue, lateContinue, earlyAnswer, stalledUpload]

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })

    static let refuseContinue = RequestFault(
        kind: FaultKind(
            "refuse_continue", .request, at: .requestHead, usually: .requestHead,
            "answers `Expect: 100-continue` with 417 and ends the connection"),
        strike: { _ in .refuseContinue })

    static let lateContinue = RequestFault(
        kind: FaultKind(
            "late_continue", .request, at: .requestHead, usually: .requestHead,
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(2)))],
            "sends 100 Continue only after that time, if the client sent `Expect: 100-continue`; a client may "
                + "send its body earlier"),
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
            "sends an error before reading the body, and ends the connection: a client that reads only after "
                + "sending everything may get just a reset"),
        strike: { .earlyAnswer($0.text(.error)) })

    static let stalledUpload = RequestFault(
        kind: FaultKind(
            "stalled_upload", .request, at: .requestHead, usually: .requestHead,
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(2)))],
            "reads the head, but does not read the body for that time: a large upload stalls"),
        strike: { .stalledUpload($0.duration(.duration) ?? .zero) })
}
