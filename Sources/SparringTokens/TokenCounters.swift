import Synchronization

/// The counters of all encodings. A vocabulary takes milliseconds to read and megabytes to keep, so each is fetched when it is
/// first needed.
package final class TokenCounters: Sendable {
    /// The encodings that have a vocabulary; the others are estimated.
    package let exact: Set<TokenEncoding>
    private let load: @Sendable (TokenEncoding) -> Vocabulary?
    private let loaded = Mutex<[TokenEncoding: TokenCounter]>([:])

    /// Knows no vocabulary.
    package static let estimates = TokenCounters(exact: []) { _ in nil }

    /// - Parameters:
    ///   - exact: those for which `load` will not return nil.
    ///   - load: is called once for each.
    package init(exact: Set<TokenEncoding>, load: @escaping @Sendable (TokenEncoding) -> Vocabulary?) {
        self.exact = exact
        self.load = load
    }

    /// Whoever comes while a vocabulary is being read waits for it: its count depends on it.
    package subscript(encoding: TokenEncoding) -> TokenCounter {
        guard exact.contains(encoding) else { return .estimate }
        return loaded.withLock { loaded in
            if let counter = loaded[encoding] { return counter }
            let counter = TokenCounter(load(encoding))
            loaded[encoding] = counter
            return counter
        }
    }

    /// Of all encodings together, as headers and reports say it.
    package var word: String {
        exact.isEmpty ? "estimated" : exact.count == TokenEncoding.allCases.count ? "exact" : "partly exact"
    }
}
