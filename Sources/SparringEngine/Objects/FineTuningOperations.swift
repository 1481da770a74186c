import SparringAPI
import SparringJSON
import SparringWire

/// The operations on fine-tuning jobs.
///
/// Source: https://platform.openai.com/docs/api-reference/fine-tuning
extension ObjectOperation {
    func createFineTuningJob(context: AnswerInput, ids: inout IDMint, models: ModelTable) throws(APIError) -> Answer {
        let seed = Int(truncatingIfNeeded: ids.next() % 2_147_483_647)
        var request = try FineTuningRequest.check(body, seed: seed)
        guard let model = models[request.model], model.isTunable else { throw .notTunable(request.model) }
        var data = try trainingData(request, model, context)
        if let validation = request.validationFile { _ = try trainingFile(validation, "validation_file", context) }
        request.model = model.snapshot
        let id = ids.base62("ftjob-", count: 24)
        let owner = context.organization
        let name = "ft:\(model.snapshot):\(owner):\(request.suffix ?? ""):\(ids.base62("", count: 8))"
        if validation == .examples, data.examples == 0 { data = .example }
        var job = FineTuningJob(
            id: id, request: request, created: context.created, organization: owner, fineTunedModel: name,
            resultFile: ids.base62("file-", count: 22), data: data, flaw: data.flaw)
        if case .failed(let code, let message) = context.ending {
            job.flaw = TrainingData.Flaw(code: code, message: message, param: nil)
        }
        session.adjust { [job] in $0.objects.fineTuningJobs[id] = job }
        return describe(job, context, &ids)
    }

    /// Lists jobs, the newest first.
    func listFineTuningJobs(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let list = try ListQuery(query, order: .descending)
        let wanted = query.members(of: "metadata")
        let page = session.adjust { state in
            state.objects.fineTuningJobs.page(list) { job in
                wanted.allSatisfy { job.request.metadata?[$0.name]?.string == $0.value }
            }
        }
        for element in page.elements { try keepResults(of: element.value, context) }
        let jobs = page.elements.map { (id: $0.id, value: $0.value.json(at: context.created)) }
        return pageAnswer(ListPage(elements: jobs, hasMore: page.hasMore), context, &ids)
    }

    func retrieveFineTuningJob(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        let job = try job()
        try keepResults(of: job, context)
        return describe(job, context, &ids)
    }

    func cancelFineTuningJob(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try change("cancelled", context: context, ids: &ids) { job, elapsed, _ in job.cancelled = elapsed }
    }

    func pauseFineTuningJob(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try change("paused", { $0 == .running }, context: context, ids: &ids) { job, elapsed, _ in
            job.pauses.append(elapsed)
        }
    }

    func resumeFineTuningJob(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try change("resumed", { $0 == .paused }, context: context, ids: &ids) { job, elapsed, _ in
            job.pauses.append(elapsed)
        }
    }

    /// Lists events, the newest first.
    func listFineTuningEvents(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try history(standard: 20, context: context, ids: &ids) { $0.events(at: $1) }
    }

    func listFineTuningCheckpoints(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Answer {
        try history(standard: 10, context: context, ids: &ids) { $0.checkpoints(at: $1) }
    }

    // MARK: Looking up

    private func history(
        standard: Int, context: AnswerInput, ids: inout IDMint,
        _ told: (FineTuningJob, Int) -> [(id: String, value: JSONValue)]
    ) throws(APIError) -> Answer {
        let list = try ListQuery(query, standard: standard, order: .descending)
        let objects = ObjectList(told(try job(), context.created))
        return pageAnswer(objects.page(list), context, &ids)
    }

    private func job() throws(APIError) -> FineTuningJob {
        let id = self["fine_tuning_job_id"]
        if let job = session.adjust({ $0.objects.fineTuningJobs[id] }) { return job }
        guard validation == .examples else { throw .fineTuneNotFound(id) }
        return .example(id)
    }

    /// - Parameter isPossible: whether the job's status allows the change. If nil, every job that has not ended allows
    ///   it.
    private func change(
        _ verb: String, _ isPossible: (@Sendable (FineTuningJob.Status) -> Bool)? = nil, context: AnswerInput,
        ids: inout IDMint,
        _ change: @Sendable (inout FineTuningJob, Int, FineTuningJob.Status) -> Void
    ) throws(APIError) -> Answer {
        let (id, unixTime) = (self["fine_tuning_job_id"], context.created)
        let changed = session.adjust { state -> (job: FineTuningJob, refused: FineTuningJob.Status?)? in
            guard var job = state.objects.fineTuningJobs[id] else { return nil }
            let status = job.status(at: unixTime)
            guard isPossible?(status) ?? !status.hasEnded else { return (job, status) }
            change(&job, max(0, unixTime - job.created), status)
            state.objects.fineTuningJobs[id] = job
            return (job, nil)
        }
        guard let changed else {
            guard validation == .examples else { throw .fineTuneNotFound(id) }
            return describe(.example(id), context, &ids)
        }
        if let status = changed.refused { throw .fineTuneCannot(verb, id, status) }
        return describe(changed.job, context, &ids)
    }

    private func describe(_ job: FineTuningJob, _ context: AnswerInput, _ ids: inout IDMint) -> Answer {
        job.answer(at: context.created, context: context, ids: &ids)
    }

    private func pageAnswer(_ page: ListPage<JSONValue>, _ context: AnswerInput, _ ids: inout IDMint) -> Answer {
        ResponsesObjects.list(page, context: context, ids: &ids)
    }

    // MARK: Files

    private func trainingData(
        _ request: FineTuningRequest, _ model: ModelInfo, _ context: AnswerInput
    ) throws(APIError) -> TrainingData {
        let file = try trainingFile(request.trainingFile, "training_file", context)
        var data = TrainingData()
        var reader = ByteReader(file.content, in: store)
        while true {
            let bytes: [UInt8]
            do throws(StoreProblem) { bytes = try reader.next() } catch { throw APIError(error) }
            guard !bytes.isEmpty else { break }
            data.feed(bytes, method: request.method, model.counter)
        }
        guard validation != .examples || file.content.count > 0 else { return .example }
        data.end(method: request.method, model.counter)
        return data
    }

    private func trainingFile(
        _ id: String, _ parameter: String, _ context: AnswerInput
    ) throws(APIError) -> StoredFile {
        let found = try record(.file, id).flatMap(StoredFile.init)
        guard let file = found, !file.hasExpired(at: context.created) else {
            guard validation == .examples else { throw .invalidTrainingFile(id, parameter) }
            return StoredFile(.example(id, purpose: "fine-tune"), StoredBytes())
        }
        guard file.object.purpose == "fine-tune" || validation == .examples else {
            throw .wrongPurpose(id, file.object.purpose, parameter)
        }
        return file
    }

    /// Stores the results file of a successful job before the job's answer can reveal its id.
    private func keepResults(of job: FineTuningJob, _ context: AnswerInput) throws(APIError) {
        guard !job.isExample, job.status(at: context.created) == .succeeded else { return }
        guard try record(.file, job.resultFile) == nil else { return }
        let bytes = Array(job.metricsFile.utf8)
        let object = FileObject(
            id: job.resultFile, purpose: "fine-tune-results", filename: "step_metrics.csv", bytes: bytes.count,
            created: context.created)
        try stored { (store) throws(StoreProblem) in
            let blob = try store.makeBlob()
            try store.append(bytes, to: blob)
            let file = StoredFile(object, StoredBytes([.init(blob: blob, count: bytes.count)]))
            // A failed commit means that another request has stored the file at the same time.
            guard try store.commit([.put(file.record(in: session.name)), .keep(blob, session: session.name)]) else {
                _ = try store.commit([.discard(blob)])
                return
            }
        }
    }
}
