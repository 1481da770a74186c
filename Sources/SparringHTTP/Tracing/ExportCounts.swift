/// The results of the spans or data points that were to be exported.
package struct ExportCounts: Sendable, Hashable {
    /// The items that the receiver has accepted.
    package var sent = 0
    /// The items that did not fit into the queue, that the receiver rejected, or that were not sent before the end.
    package var dropped = 0

    package init(sent: Int = 0, dropped: Int = 0) {
        self.sent = sent
        self.dropped = dropped
    }
}
