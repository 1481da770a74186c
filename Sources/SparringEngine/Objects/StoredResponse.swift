import SparringAPI
import SparringExchange

/// A response on the session's shelf: what it says, and how far it has come by the session's clock.
package struct StoredResponse: Sendable {
    let record: ResponsesRecord
    /// In the session's time.
    let begun: Moment
    /// How long a response in the background takes; nil for one that its client waits for.
    let plan: BackgroundPlan?
    var cancelled: Moment?
    /// Made up for an id that nobody has stored.
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
