/// What a stage of an answer has read in the head of a request.
///
/// Facts depend on the head alone, so all requests of a remembered head share them.
package final class HeadFacts: @unchecked Sendable {
    /// Sendable, as `init` demands. The type says less, because a cast of `AnyObject` costs a tenth of a cast of `any AnyObject & Sendable`.
    package let content: AnyObject

    package init(_ content: some AnyObject & Sendable) { self.content = content }
}
