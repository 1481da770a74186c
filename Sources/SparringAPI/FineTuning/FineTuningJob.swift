package import SparringJSON
package import SparringWire

/// A fine-tuning job as it was asked for, with what is known of its file. How far it has come follows from the session's time.
///
/// Source: https://platform.openai.com/docs/api-reference/fine-tuning/object
package struct FineTuningJob: Sendable, Hashable {
    package var id: String
    /// As the request names it.
    package var model: String
    package var request: FineTuningRequest
    package var created: Int
    package var organization: String
    /// The name of what it makes.
    package var fineTunedModel: String
    /// The file with its numbers, which is there when it has succeeded.
    package var resultFile: String
    package var data: TrainingData
    /// Why its file is no good; nil where it is.
    package var flaw: TrainingData.Flaw?
    /// Moments since its creation when it was stopped for a while, and when it went on, in turn, in seconds.
    package var pauses: [Int] = []
    /// Seconds since its creation; nil where nobody has cancelled it.
    package var cancelled: Int?
    /// Made up for an id that nobody has stored.
    package var isExample = false

    package enum Status: String, Sendable, Hashable {
        case validating = "validating_files"
        case queued, running, succeeded, failed, cancelled, paused

        package var hasEnded: Bool { self == .succeeded || self == .failed || self == .cancelled }
    }

    /// How long each stage takes, in seconds of the session's time: a client that polls sees every status, a clock that is moved an
    /// hour has it done.
    package enum Stage {
        package static let validation = 10
        package static let queue = 20
        /// Of one epoch.
        package static let epoch = 30
    }

    package init(
        id: String, request: FineTuningRequest, created: Int, organization: String, fineTunedModel: String,
        resultFile: String, data: TrainingData, flaw: TrainingData.Flaw?
    ) {
        self.id = id
        model = request.model
        self.request = request
        self.created = created
        self.organization = organization
        self.fineTunedModel = fineTunedModel
        self.resultFile = resultFile
        self.data = data
        self.flaw = flaw
    }

    // MARK: Time

    /// Seconds that it has worked, without those that it was paused.
    func worked(at elapsed: Int) -> Int {
        let moments = pauses + (pauses.count % 2 == 1 ? [max(elapsed, pauses.last ?? 0)] : [])
        let paused = stride(from: 0, to: moments.count - 1, by: 2).reduce(0) { sum, index in
            sum + max(0, min(moments[index + 1], elapsed) - min(moments[index], elapsed))
        }
        return elapsed - paused
    }

    /// When it has worked so long, in seconds since its creation.
    func moment(ofWork work: Int) -> Int {
        var moment = work
        for index in stride(from: 0, to: pauses.count - 1, by: 2) where pauses[index] < moment {
            moment += pauses[index + 1] - pauses[index]
        }
        return moment
    }

    var start: Int { Stage.validation + Stage.queue }
    var epochs: Int { request.hyperparameters.epochs ?? data.standardEpochs }
    var length: Int { start + epochs * Stage.epoch }
    var isPaused: Bool { pauses.count % 2 == 1 }

    /// - Parameter unixTime: of the session.
    package func status(at unixTime: Int) -> Status {
        let elapsed = max(0, unixTime - created)
        if cancelled != nil { return .cancelled }
        let work = worked(at: elapsed)
        if work < Stage.validation { return isPaused ? .paused : .validating }
        if flaw != nil { return .failed }
        if work >= length { return .succeeded }
        if isPaused { return .paused }
        return work < start ? .queued : .running
    }

    /// When it ended, in seconds since its creation; nil while it goes on.
    func ended(_ status: Status) -> Int? {
        switch status {
        case .cancelled: cancelled
        case .failed: moment(ofWork: Stage.validation)
        case .succeeded: moment(ofWork: length)
        default: nil
        }
    }

    // MARK: The object

    package func answer(at unixTime: Int, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(json(at: unixTime), context: context, ids: &ids)
    }

    package func json(at unixTime: Int) -> JSONValue {
        let status = status(at: unixTime)
        let end = ended(status).map { created + $0 }
        let isDone = status == .succeeded
        let parameters = request.hyperparameters.json(data, isSettled: status != .validating && status != .queued)
        let settled: JSONValue = ["hyperparameters": parameters]
        let isFailed = status == .failed
        return [
            "object": "fine_tuning.job", "id": .string(id), "model": .string(model), "created_at": .int(created),
            "finished_at": end.map { .int($0) } ?? .null,
            "fine_tuned_model": isDone ? .string(fineTunedModel) : .null,
            "organization_id": .string(organization),
            "result_files": .strings(isDone ? [resultFile] : []), "status": .string(status.rawValue),
            "validation_file": .string(orNull: request.validationFile),
            "training_file": .string(request.trainingFile), "hyperparameters": parameters,
            "trained_tokens": isDone ? .int(data.tokens * epochs) : .null,
            "error": isFailed ? flaw?.json ?? .null : .null, "user_provided_suffix": .string(orNull: request.suffix),
            "seed": .int(request.seed),
            "estimated_finish": status == .running ? .int(created + moment(ofWork: length)) : .null,
            "integrations": .array(request.integrations),
            "method": .object(
                JSONObject([.init("type", .string(request.method)), .init(request.method, settled)])),
            "metadata": request.metadata ?? .null,
        ]
    }
}
