package import SparringJSON
import SparringWire

/// The history of a job: events and checkpoints. The history is computed from the job and the time, so every request gets the same history.
extension FineTuningJob {
    /// The oldest first.
    package func events(at unixTime: Int) -> [(id: String, value: JSONValue)] {
        let now = unixTime - created
        var events: [(at: Int, level: String, type: String, message: String, data: JSONValue)] = []
        func tell(
            _ at: Int?, _ message: String, level: String = "info", type: String = "message", data: JSONValue = .null
        ) {
            guard let at, at <= now, at <= cancelled ?? at else { return }
            events.append((at, level, type, message, data))
        }
        tell(0, "Created fine-tuning job: \(id)")
        tell(0, "Validating training file: \(request.trainingFile)")
        let validated = moment(ofWork: Stage.validation)
        if let flaw {
            tell(validated, "The job failed due to an invalid training file. \(flaw.message)", level: "error")
        } else {
            tell(validated, "Files validated, moving job to queued state")
            tell(moment(ofWork: start), "Fine-tuning job started")
            for step in toldSteps {
                let metrics = metrics(of: step)
                let loss = metrics["train_loss"]?.text() ?? ""
                tell(
                    moment(ofWork: work(ofStep: step)), "Step \(step)/\(steps): training loss=\(loss)", type: "metrics",
                    data: metrics)
                if step % stepsInEpoch == 0, step < steps {
                    tell(moment(ofWork: work(ofStep: step)), "Checkpoint created at step \(step)")
                }
            }
            tell(moment(ofWork: length), "New fine-tuned model created: \(fineTunedModel)")
            tell(moment(ofWork: length), "The job has successfully completed")
        }
        for (index, pause) in pauses.enumerated() {
            tell(pause, index % 2 == 0 ? "Fine-tuning job paused" : "Fine-tuning job resumed")
        }
        tell(cancelled, "Fine-tuning job cancelled")
        let sorted = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
            \.element)
        return sorted.enumerated().map { index, event in
            let id = name("ftevent-", index)
            return (
                id,
                [
                    "object": "fine_tuning.job.event", "id": .string(id), "created_at": .int(created + event.at),
                    "level": .string(event.level), "message": .string(event.message),
                    "data": event.data == .null ? [:] : event.data, "type": .string(event.type),
                ]
            )
        }
    }

    /// The checkpoints of the last three completed epochs, oldest first.
    package func checkpoints(at unixTime: Int) -> [(id: String, value: JSONValue)] {
        guard flaw == nil else { return [] }
        let elapsed = min(unixTime - created, cancelled ?? .max)
        let done = (1...epochs).filter { moment(ofWork: start + $0 * Stage.epoch) <= elapsed }
        return done.suffix(3).map { epoch in
            let step = epoch * stepsInEpoch
            let id = name("ftckpt_", epoch)
            let model = epoch == epochs ? fineTunedModel : "\(fineTunedModel):ckpt-step-\(step)"
            return (
                id,
                [
                    "object": "fine_tuning.job.checkpoint", "id": .string(id),
                    "created_at": .int(created + moment(ofWork: start + epoch * Stage.epoch)),
                    "fine_tuned_model_checkpoint": .string(model), "fine_tuning_job_id": .string(self.id),
                    "metrics": metrics(of: step), "step_number": .int(step),
                ]
            )
        }
    }

    /// The results file, with the metrics of every step.
    package var metricsFile: String {
        let rows = toldSteps.map { step -> String in
            let metrics = metrics(of: step)
            return
                "\(step),\(metrics["train_loss"]?.text() ?? ""),\(metrics["train_mean_token_accuracy"]?.text() ?? ""),,"
        }
        return (["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"] + rows).joined(separator: "\n")
            + "\n"
    }

    // MARK: Steps

    var stepsInEpoch: Int { max(1, data.examples / (request.hyperparameters.batchSize ?? 1)) }
    var steps: Int { stepsInEpoch * epochs }

    /// The reported steps: the last step of every epoch, and a bounded number of other steps.
    private var toldSteps: [Int] {
        let distance = max(1, steps / 100)
        return (1...max(1, steps)).filter { $0 % distance == 0 || $0 % stepsInEpoch == 0 }
    }

    private func work(ofStep step: Int) -> Int { start + (length - start) * step / max(1, steps) }

    /// Metrics whose loss falls fast at first, as in real training.
    private func metrics(of step: Int) -> JSONValue {
        let share = Double(step) / Double(max(1, steps))
        let loss = 0.4 + 1.8 / (1 + 6 * share)
        func number(_ value: Double) -> JSONValue { .number(JSONNumber((value * 1000).rounded() / 1000)) }
        return [
            "step": .int(step), "train_loss": number(loss), "train_mean_token_accuracy": number(1 - loss / 4),
        ]
    }

    private func name(_ prefix: String, _ index: Int) -> String {
        let seed = UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
        var mint = IDMint(seed: FNV1a.hash(id, seed: seed))
        return mint.base62(prefix, count: 24)
    }

    /// The job that `examples` mode returns for an unknown id.
    package static func example(_ id: String) -> FineTuningJob {
        var job = FineTuningJob(
            id: id, request: .example, created: 0, organization: AnswerInput.anyOrganization,
            fineTunedModel: "ft:gpt-4o-mini-2024-07-18:sparring::example", resultFile: "file-example",
            data: .example, flaw: nil)
        job.isExample = true
        return job
    }
}
