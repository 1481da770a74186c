import Synchronization

/// The counters of all encodings. A vocabulary takes milliseconds to read and megabytes of memory, so each vocabulary is loaded when it is
/// first needed.
package final class TokenCounters: Sendable {
    /// The encodings with a vocabulary; counts of other encodings are estimates.
    package let exact: Set<TokenEncoding>
    private let load: @Sendable (TokenEncoding) -> Vocabulary?
    private let loaded = Mutex<[TokenEncoding: TokenCounter]>([:])

    /// Counters without vocabularies.
    package static let estimates = TokenCounters(exact: []) { _ in nil }

    /// - Parameters:
    ///   - exact: the encodings for which `load` does not return nil.
    ///   - load: loads a vocabulary; called once for each encoding.
    package init(exact: Set<TokenEncoding>, load: @escaping @Sendable (TokenEncoding) -> Vocabulary?) {
        self.exact = exact
        self.load = load
    }

    /// The token counter of an encoding. Waits while another caller loads the vocabulary.
    package subscript(encoding: TokenEncoding) -> TokenCounter {
        guard exact.contains(encoding) else { return .estimate }
        return loaded.withLock { loaded in
            if let counter = loaded[encoding] { return counter }
            let counter = TokenCounter(load(encoding))
            loaded[encoding] = counter
            return counter
        }
    }

    /// How exact the counts of all encodings are, for headers and reports.
    package var word: String {
        exact.isEmpty ? "estimated" : exact.count == TokenEncoding.allCases.count ? "exact" : "partly exact"
    }
}
