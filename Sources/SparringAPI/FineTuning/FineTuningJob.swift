package import SparringJSON
package import SparringWire

/// A fine-tuning job: its request and the facts about its training file. The status of a job follows from the session's time.
///
/// Source: https://platform.openai.com/docs/api-reference/fine-tuning/object
package struct FineTuningJob: Sendable, Hashable {
    package var id: String
    /// The requested model name.
    package var model: String
    package var request: FineTuningRequest
    package var created: Int
    package var organization: String
    /// The name of the resulting model.
    package var fineTunedModel: String
    /// The file with the metrics, which exists once the job has succeeded.
    package var resultFile: String
    package var data: TrainingData
    /// The error in the job's training file; nil if the file is valid.
    package var flaw: TrainingData.Flaw?
    /// The times at which the job was paused and resumed, alternately, in seconds since its creation.
    package var pauses: [Int] = []
    /// When the job was cancelled, in seconds since its creation; nil if it was not cancelled.
    package var cancelled: Int?
    /// True if the job was invented for an unknown id.
    package var isExample = false

    package enum Status: String, Sendable, Hashable {
        case validating = "validating_files"
        case queued, running, succeeded, failed, cancelled, paused

        package var hasEnded: Bool { self == .succeeded || self == .failed || self == .cancelled }
    }

    /// The duration of each stage, in seconds of session time: a polling client sees every status, and a clock advanced
    /// by an hour completes the job.
    package enum Stage {
        package static let validation = 10
        package static let queue = 20
        /// For one epoch.
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

    /// The time for which the job has worked, in seconds, without its pauses.
    func worked(at elapsed: Int) -> Int {
        let moments = pauses + (pauses.count % 2 == 1 ? [max(elapsed, pauses.last ?? 0)] : [])
        let paused = stride(from: 0, to: moments.count - 1, by: 2).reduce(0) { sum, index in
            sum + max(0, min(moments[index + 1], elapsed) - min(moments[index], elapsed))
        }
        return elapsed - paused
    }

    /// The moment at which that much work is done, in seconds since the creation.
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

    /// - Parameter unixTime: session time.
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

    /// When the job ended, in seconds since its creation; nil while the job is running.
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
