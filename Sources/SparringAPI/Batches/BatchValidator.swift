package import SparringJSON

/// A line of a batch's input.
package struct BatchLine: Sendable, Hashable {
    package var customID: String
    package var body: JSONValue

    /// - Parameters:
    ///   - number: the number of the line, from 1.
    ///   - endpoint: the batch's endpoint.
    /// - Throws: the API's validation error.
    package init(_ bytes: [UInt8], number: Int, endpoint: String) throws(BatchError) {
        guard let json = try? JSONValue.parse(bytes), let object = json.object else {
            throw BatchError(
                code: "invalid_json_line", message: "This line is not parseable as valid JSON.", line: number)
        }
        for name in ["custom_id", "method", "url", "body"] where object[name]?.unlessNull == nil {
            throw BatchError(
                code: "missing_required_parameter", message: "Missing required parameter: '\(name)'.", param: name,
                line: number)
        }
        guard let id = object["custom_id"]?.string else {
            throw BatchError(
                code: "invalid_type", message: "Invalid type for 'custom_id': expected a string.", param: "custom_id",
                line: number)
        }
        guard object["method"]?.string == "POST" else {
            throw BatchError(
                code: "invalid_method", message: "Invalid method: only 'POST' is supported.", param: "method",
                line: number)
        }
        guard object["url"]?.string == endpoint else {
            throw BatchError(
                code: "invalid_url",
                message: "The URL provided for this line does not match the batch endpoint '\(endpoint)'.",
                param: "url", line: number)
        }
        guard let body = object["body"], body.object != nil else {
            throw BatchError(
                code: "invalid_type", message: "Invalid type for 'body': expected an object.", param: "body",
                line: number)
        }
        customID = id
        self.body = body
    }
}

/// Validates a batch's input by the API's rules, line by line.
///
/// Source: https://platform.openai.com/docs/guides/batch; codes as quoted in public issue trackers. Only the messages
/// of `invalid_json_line` and `token_limit_exceeded` are verbatim.
package struct BatchValidator: Sendable {
    private let endpoint: String
    private let models: ModelTable
    private var customIDs: Set<String> = []
    private var inputs = 0
    package private(set) var model: String?
    package private(set) var count = 0
    package private(set) var errors: [BatchError] = []

    package static let mostLines = 50_000
    /// The maximum number of inputs of all lines in an embeddings batch.
    static let mostInputs = 50_000
    /// The maximum number of errors listed.
    static let mostErrors = 100

    package init(endpoint: String, models: ModelTable) {
        self.endpoint = endpoint
        self.models = models
    }

    /// True if further lines cannot change the result.
    package var isDone: Bool { errors.count >= Self.mostErrors || count > Self.mostLines }

    package mutating func add(_ bytes: [UInt8], number: Int) {
        count += 1
        do throws(BatchError) {
            let line = try BatchLine(bytes, number: number, endpoint: endpoint)
            guard customIDs.insert(line.customID).inserted else {
                throw BatchError(
                    code: "duplicate_custom_id",
                    message: "The custom_id '\(line.customID)' is used more than once in this file.",
                    param: "custom_id",
                    line: number)
            }
            guard let model = line.body["model"]?.string else {
                throw BatchError(
                    code: "missing_required_parameter", message: "Missing required parameter: 'body.model'.",
                    param: "body.model", line: number)
            }
            try check(model, number)
            if let input = line.body["input"]?.array, endpoint == "/v1/embeddings" {
                inputs += input.first?.number == nil ? input.count : 1
            } else {
                inputs += 1
            }
        } catch {
            errors.append(error)
        }
    }

    private mutating func check(_ model: String, _ number: Int) throws(BatchError) {
        guard let first = self.model else {
            self.model = model
            guard let asked = Endpoint.ofBatches[endpoint], models.answering(model, at: asked).models[model] != nil
            else {
                throw BatchError(
                    code: "model_not_found",
                    message: "The provided model '\(model)' is not supported by the Batch API.",
                    param: "body.model", line: number)
            }
            return
        }
        guard first == model else {
            throw BatchError(
                code: "mismatched_model",
                message: "The provided model '\(model)' does not match the model '\(first)' of the lines before it.",
                param: "body.model", line: number)
        }
    }

    /// Checks the whole file after all lines have been added.
    package mutating func finish() {
        if count == 0 {
            errors.append(BatchError(code: "empty_file", message: "The provided file is empty."))
        } else if count > Self.mostLines {
            errors = [
                BatchError(
                    code: "too_many_tasks",
                    message:
                        "The provided file has more than \(Self.mostLines) requests, the most that a batch may have.")
            ]
        } else if endpoint == "/v1/embeddings", inputs > Self.mostInputs {
            errors.append(
                BatchError(
                    code: "too_many_tasks",
                    message: "The provided file has \(inputs) embedding inputs; a batch may have \(Self.mostInputs)."))
        }
    }
}
