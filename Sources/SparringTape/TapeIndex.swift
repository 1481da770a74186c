import SparringExchange

/// A tape, made ready to be asked. Immutable: what has been answered is a `TapeCursor`'s to know.
package struct TapeIndex: Sendable {
    package let exchanges: [TapedExchange]
    package let matching: TapeMatching
    let key: FingerprintKey
    private let redaction: TapeRedaction
    let normals: [NormalRequest]
    private let exact: [TapeFingerprint: [Int]]
    let normal: [TapeFingerprint: [Int]]
    private let sessions: [String: [Int]]

    /// - Parameter tape: what is on it and was not recorded to its end cannot answer, and is left out.
    /// - Throws: where the rules that it was masked by are none.
    package init(_ tape: Tape, matching: TapeMatching) throws(TapeRedaction.Mistake) {
        var rules: [TapeRedaction.Rule] = []
        for text in tape.masked { rules.append(try TapeRedaction.rule(text)) }
        let redaction = TapeRedaction(rules)
        let exchanges = tape.exchanges.filter { $0.ending != .unfinished }
        let normals = exchanges.map { exchange in
            NormalRequest(
                method: exchange.request.method, target: exchange.request.target, headers: exchange.request.headers,
                body: exchange.request.body, ignored: matching.ignored)
        }
        exact = Dictionary(grouping: exchanges.indices.filter { exchanges[$0].request.fingerprint != nil }) {
            exchanges[$0].request.fingerprint ?? TapeFingerprint(high: 0, low: 0)
        }
        normal = Dictionary(grouping: normals.indices) { normals[$0].fingerprint }
        sessions = Dictionary(grouping: exchanges.indices) { exchanges[$0].session }
        self.exchanges = exchanges
        self.normals = normals
        self.redaction = redaction
        self.matching = matching
        key = tape.key
    }

    /// What a request asks, with the recordings that could answer it.
    struct Candidates: Sendable {
        /// Stands for all requests that count as the same.
        var identity: TapeFingerprint
        /// In the order of the tape; those of the request's own session, where there are such.
        var indices: [Int]
        var request: NormalRequest
    }

    func candidates(_ request: Request, target: String, session: String) -> Candidates {
        let asked = NormalRequest(
            method: request.method, target: redaction.target(target), headers: request.headers,
            body: redaction.masked(request.body), ignored: matching.ignored)
        let identical = TapeScribe.fingerprint(request.method, target, request.body, key: key)
        var (identity, found) = (identical, exact[identical] ?? [])
        if found.isEmpty, matching.rigour == .normal {
            (identity, found) = (asked.fingerprint, normal[asked.fingerprint] ?? [])
        }
        let own = found.filter { exchanges[$0].session == session }
        return Candidates(identity: identity, indices: own.isEmpty ? found : own, request: asked)
    }

    /// The recordings of a session, in order; of the whole tape, where it has none of that name.
    func order(of session: String) -> [Int] { sessions[session] ?? Array(exchanges.indices) }

    /// The recording that differs least, and how; nil where the tape is empty.
    func nearest(to request: NormalRequest, among indices: [Int]? = nil) -> (index: Int, differences: [TapeDifference])?
    {
        let all = (indices ?? Array(exchanges.indices)).map { index in
            (index, TapeDifference.between(normals[index], request))
        }
        return all.min { $0.1.reduce(0) { $0 + $1.weight } < $1.1.reduce(0) { $0 + $1.weight } }
    }
}
