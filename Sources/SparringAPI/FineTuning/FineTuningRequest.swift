package import SparringJSON

/// A checked request for a fine-tuning job.
///
/// Source: https://platform.openai.com/docs/api-reference/fine-tuning/create; names, types and bounds from the official
/// OpenAPI document.
package struct FineTuningRequest: Sendable, Hashable {
    package var model: String
    package var trainingFile: String
    package var validationFile: String?
    package var suffix: String?
    package var seed: Int
    /// `supervised`, `dpo` or `reinforcement`.
    package var method: String
    package var hyperparameters: Hyperparameters
    package var integrations: [JSONValue]
    package var metadata: JSONValue?

    /// The hyperparameters that the client sets; a value is nil for `auto`.
    package struct Hyperparameters: Sendable, Hashable {
        package var epochs: Int?
        package var batchSize: Int?
        var rate: JSONNumber?

        /// - Parameter isSettled: true if `auto` has been replaced by numbers.
        func json(_ data: TrainingData, isSettled: Bool) -> JSONValue {
            func number(_ value: Int?, _ settled: Int) -> JSONValue {
                value.map { .int($0) } ?? (isSettled ? .int(settled) : "auto")
            }
            return [
                "n_epochs": number(epochs, data.standardEpochs), "batch_size": number(batchSize, 1),
                "learning_rate_multiplier": rate.map { .number($0) }
                    ?? (isSettled ? .number(JSONNumber(text: "1.8")) : "auto"),
            ]
        }
    }

    package static let methods = ["supervised", "dpo", "reinforcement"]

    private static let table = ParameterTable(
        besides: ["model"],
        [
            Parameter("training_file", .string()), Parameter("validation_file", .string()),
            Parameter("hyperparameters", hyperparameters), Parameter("suffix", .string(maximum: 64)),
            Parameter("seed", .integer(minimum: 0, maximum: 2_147_483_647)),
            Parameter("method", .requiring([Parameter("type", .choice(methods))])),
            Parameter("integrations", .objects(.requiring([Parameter("type", .choice(["wandb"]))]))),
            Parameter("metadata", .metadata),
        ])

    private static let hyperparameters = ParameterShape.open([
        Parameter("n_epochs", .auto(.integer(minimum: 1, maximum: 50))),
        Parameter("batch_size", .auto(.integer(minimum: 1, maximum: 256))),
        Parameter("learning_rate_multiplier", .auto(.decimal(minimum: 0, maximum: 10_000))),
    ])

    /// - Parameter seed: the seed for a request that has none.
    /// - Throws: the API's 400.
    package static func check(_ body: JSONValue?, seed: Int) throws(APIError) -> FineTuningRequest {
        guard let object = body?.object else { throw .unparsable }
        guard let model = object["model"]?.unlessNull else { throw .missing("model") }
        guard let model = model.string else { throw .invalidType("model", expected: "a string", got: model) }
        try table.checkNames(of: object)
        for (parameter, value) in table.given(in: object) { try parameter.shape.check(value, at: parameter.name) }
        guard let trainingFile = object["training_file"]?.string else { throw .missing("training_file") }
        if object["suffix"]?.string == "" { throw .emptyString("suffix") }
        let method = object["method"]?["type"]?.string ?? "supervised"
        let own = object["method"]?[method]?["hyperparameters"]
        if let own = own?.unlessNull {
            try hyperparameters.check(own, at: "method.\(method).hyperparameters")
        }
        return FineTuningRequest(
            model: model, trainingFile: trainingFile, validationFile: object["validation_file"]?.string,
            suffix: object["suffix"]?.string, seed: object["seed"]?.int ?? seed, method: method,
            hyperparameters: Hyperparameters(own ?? object["hyperparameters"]),
            integrations: object["integrations"]?.array ?? [], metadata: object["metadata"]?.unlessNull)
    }

    /// The request of an invented job in `examples` mode.
    static var example: FineTuningRequest {
        FineTuningRequest(
            model: "gpt-4o-mini-2024-07-18", trainingFile: "file-example", validationFile: nil, suffix: nil, seed: 0,
            method: "supervised", hyperparameters: Hyperparameters(.none), integrations: [], metadata: .none)
    }
}

extension FineTuningRequest.Hyperparameters {
    init(_ json: JSONValue?) {
        epochs = json?["n_epochs"]?.int
        batchSize = json?["batch_size"]?.int
        rate = json?["learning_rate_multiplier"]?.number
    }
}

extension ParameterShape {
    /// The shape of an object that has these members and may have others, which are not checked.
    static func open(_ members: [Parameter]) -> ParameterShape {
        .special { (value, path) throws(APIError) in
            let object = try object(value, path)
            for member in members {
                guard let value = object[member.name]?.unlessNull else { continue }
                try member.shape.check(value, at: "\(path).\(member.name)")
            }
        }
    }

    /// The shape of a value that is `auto` or has the given shape.
    static func auto(_ shape: ParameterShape) -> ParameterShape {
        .special { (value, path) throws(APIError) in
            guard value != "auto" else { return }
            try shape.check(value, at: path)
        }
    }
}

extension APIError {
    package static func notTunable(_ model: String) -> APIError {
        APIError(
            message: "Model \(model) is not available for fine-tuning or does not exist.", param: "model",
            code: "model_not_available")
    }

    package static func invalidTrainingFile(_ id: String, _ parameter: String) -> APIError {
        APIError(message: "File '\(id)' does not exist.", param: parameter, code: "invalid_\(parameter)")
    }

    /// - Parameter purpose: the file's purpose, which is not for training.
    package static func wrongPurpose(_ id: String, _ purpose: String, _ parameter: String) -> APIError {
        APIError(
            message: "File '\(id)' has purpose '\(purpose)', but 'fine-tune' is needed.", param: parameter,
            code: "invalid_\(parameter)")
    }

    package static func fineTuneNotFound(_ id: String) -> APIError {
        APIError(
            status: 404, message: "Could not find fine tune: \(id)", param: "fine_tune_id",
            code: "fine_tune_not_found")
    }

    /// - Parameter verb: the rejected action, as a participle.
    package static func fineTuneCannot(_ verb: String, _ id: String, _ status: FineTuningJob.Status) -> APIError {
        APIError(message: "Job \(id) cannot be \(verb): its status is \(status.rawValue).", code: "invalid_status")
    }
}
