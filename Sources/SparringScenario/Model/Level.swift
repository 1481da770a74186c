/// The level of a requirement, as in RFC 2119.
package enum Level: String, Sendable, Hashable, CaseIterable {
    case must
    case should
    /// The requirement is reported, but not scored.
    case may
    /// The requirement only records a fact about the client, such as whether it retries a 409.
    case info
}
