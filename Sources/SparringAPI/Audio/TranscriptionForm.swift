import SparringJSON

/// The fields of a transcription form. All values of a form are text.
struct TranscriptionForm {
    let fields: JSONObject

    init(_ fields: JSONObject) { self.fields = fields }

    func text(_ name: String) -> String? { fields[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    /// The values of a list such as `include[]=logprobs`; the name may lack the brackets if there is only one value.
    func texts(_ name: String) -> [String] {
        fields[name]?.array.map { $0.compactMap(\.string) } ?? text(name).map { [$0] } ?? []
    }

    /// Nil if the text is not a truth value.
    func flag(_ name: String) -> Bool? {
        switch fields[name] {
        case .some(.bool(let flag)): flag
        case .some(.string("true")), .some(.string("True")), .some(.string("1")): true
        case .some(.string("false")), .some(.string("False")), .some(.string("0")): false
        default: nil
        }
    }

    // MARK: The file

    func sound(for traits: ListeningTraits) throws(APIError) -> Sound {
        guard let field = fields["file"] else {
            throw .audioMissing("file", fields: fields)
        }
        guard let sound = Sound(field) else {
            let excerpt = JSONValue.string(String((field.string ?? field.text()).prefix(64)))
            throw .audio(
                "value_error", "file", "Value error, Expected UploadFile, received: <class 'str'>", got: excerpt)
        }
        if let filename = sound.filename {
            let parts = filename.split(separator: ".", omittingEmptySubsequences: false)
            let ending = parts.count > 1 ? parts.last.map { $0.lowercased() } ?? "" : ""
            guard TranscriptionRequest.extensions.contains(ending) else {
                throw .soundFormatUnknown(ending, isWhisper: traits.isWhisper)
            }
        }
        // The format is unknown only if a lenient session ignored the error about it, so the format is not checked again.
        if field["format"] == .string(Sound.unknown) { throw .soundUnreadable }
        if field["seconds"] != nil {
            guard sound.milliseconds >= 100 else { throw .soundTooShort }
            if let longest = traits.longest, sound.isMeasured, sound.milliseconds > longest {
                throw .soundTooLong(sound.milliseconds, of: longest)
            }
        }
        return sound
    }

    // MARK: The rest

    func format(for model: ModelInfo, _ traits: ListeningTraits) throws(APIError) -> TranscriptionRequest.Format {
        guard let name = text("response_format") else { return .json }
        guard let format = TranscriptionRequest.Format(rawValue: name) else {
            throw .audioChoice(
                "response_format", TranscriptionRequest.Format.allCases.map(\.rawValue), got: .string(name))
        }
        guard traits.formats.contains(format) else {
            let others = APIError.enumeration(traits.formats.map { "'\($0.rawValue)'" }, "or")
            throw APIError(
                message:
                    "response_format '\(name)' is not compatible with model '\(model.id)-api-ev3'. Use \(others) instead.",
                param: "response_format", code: "unsupported_value")
        }
        return format
    }

    func check(_ traits: ListeningTraits, _ sound: Sound, _ format: TranscriptionRequest.Format) throws(APIError) {
        if let language = text("language"), Language.name(of: language) == nil {
            throw APIError(
                message: "Invalid language '\(language)'. Language parameter must be specified in ISO-639-1 format.",
                param: "language", code: "invalid_language_format")
        }
        if let text = text("temperature") {
            guard let value = Double(text) else {
                throw .audio(
                    "float_parsing", "temperature",
                    "Input should be a valid number, unable to parse string as a number", got: .string(text))
            }
            guard (0...1).contains(value) else {
                let (kind, word, key, bound) =
                    value < 0
                    ? ("greater_than_equal", "greater", "ge", 0.0) : ("less_than_equal", "less", "le", 1.0)
                throw .audio(
                    kind, "temperature", "Input should be \(word) than or equal to \(Int(bound))", got: .string(text),
                    limits: [key: .number(JSONNumber(bound))])
            }
        }
        try checkChoices("timestamp_granularities", ["word", "segment"])
        try checkChoices("include", ["logprobs"])
        if fields["stream"]?.unlessNull != nil, flag("stream") == nil {
            throw .audio(
                "bool_parsing", "stream", "Input should be a valid boolean, unable to interpret input",
                got: fields["stream"] ?? .null)
        }
        try checkCombinations(traits, sound, format)
    }

    private func checkChoices(_ name: String, _ names: [String]) throws(APIError) {
        guard let wrong = texts(name).first(where: { !names.contains($0) }) else { return }
        throw .audioChoice(name, names, got: .string(wrong))
    }

    /// Checks that the parameters fit the model and the format. The rules are documented; the API's wording is known only for
    /// `response_format`.
    private func checkCombinations(
        _ traits: ListeningTraits, _ sound: Sound, _ format: TranscriptionRequest.Format
    ) throws(APIError) {
        if !texts("timestamp_granularities").isEmpty, format != .verboseJSON {
            throw APIError(
                message: "timestamp_granularities needs response_format 'verbose_json'.",
                param: "timestamp_granularities", code: "unsupported_value")
        }
        if !texts("include").isEmpty, traits.isWhisper || traits.diarizes || format != .json {
            throw APIError(
                message: "include 'logprobs' needs response_format 'json' and a model that reports them.",
                param: "include", code: "unsupported_value")
        }
        guard traits.diarizes else { return }
        if text("prompt") != nil { throw .unsupportedParameter("prompt") }
        if sound.isMeasured, sound.milliseconds > 30_000, fields["chunking_strategy"]?.unlessNull == nil {
            throw APIError(
                message: "chunking_strategy is required for diarization models", param: "chunking_strategy",
                code: "invalid_value")
        }
        let known = texts("known_speaker_names")
        guard known.count <= 4 else { throw .arrayTooLong("known_speaker_names", maximum: 4, got: known.count) }
    }
}
