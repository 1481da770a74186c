import SparringAPI
import SparringExchange

/// A stored response: its content and its progress by the session's clock.
package struct StoredResponse: Sendable {
    let record: ResponsesRecord
    /// Session time.
    let begun: Moment
    /// The timing of a background response; nil for a response that its client waits for.
    let plan: BackgroundPlan?
    var cancelled: Moment?
    /// True if it was invented for an unknown id.
    private(set) var isExample = false

    init(_ record: ResponsesRecord, begun: Moment, plan: BackgroundPlan?) {
        self.record = record
        self.begun = begun
        self.plan = record.isBackground ? plan : nil
    }

    init(example record: ResponsesRecord, at moment: Moment) {
        self.init(record, begun: moment, plan: BackgroundPlan(queued: .zero, running: .zero))
        isExample = true
    }

    func status(at moment: Moment) -> ResponsesSnapshot.Status {
        if cancelled != nil { return .cancelled }
        guard let plan else { return .ended }
        let elapsed = moment - begun
        if elapsed < plan.queued { return .queued }
        return elapsed < plan.total ? .inProgress : .ended
    }
}

extension ResponsesSnapshot.Status {
    var isRunning: Bool { self == .queued || self == .inProgress }
}
