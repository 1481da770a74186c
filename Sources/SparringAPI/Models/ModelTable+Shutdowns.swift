/// The shutdown dates of models. A dated snapshot has the shutdown date of its alias unless the snapshot has its own row.
///
/// Source: https://platform.openai.com/docs/deprecations, as repeated in the official Python package 3.57.0.
extension ModelTable {
    private static let shutdowns: [(date: String, models: [String])] = [
        (
            "2024-01-04",
            [
                "text-davinci-001", "text-davinci-002", "text-davinci-003", "text-curie-001", "text-babbage-001",
                "text-ada-001", "davinci", "curie", "babbage", "ada",
            ]
        ),
        ("2024-09-13", ["gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613", "gpt-3.5-turbo-16k"]),
        ("2024-12-06", ["gpt-4-vision-preview"]),
        ("2025-06-06", ["gpt-4-32k"]),
        ("2025-07-14", ["gpt-4.5-preview"]),
        ("2025-07-28", ["o1-preview"]),
        ("2025-10-10", ["gpt-4o-audio-preview-2024-10-01"]),
        ("2025-10-27", ["o1-mini", "text-moderation-latest", "text-moderation-stable", "text-moderation-007"]),
        ("2026-02-12", ["codex-mini-latest"]),
        ("2026-02-17", ["chatgpt-4o-latest"]),
        ("2026-03-26", ["gpt-4-0125-preview", "gpt-4-0314", "gpt-4-turbo-preview"]),
        ("2026-05-12", ["dall-e-2", "dall-e-3"]),
        ("2026-05-07", ["gpt-4o-audio-preview", "gpt-4o-mini-audio-preview"]),
        (
            "2026-07-23",
            [
                "computer-use-preview", "gpt-4o-mini-search-preview", "gpt-4o-search-preview", "gpt-5-chat-latest",
                "gpt-5-codex", "gpt-5.1-chat-latest", "gpt-5.1-codex", "gpt-5.1-codex-max", "o3-deep-research",
                "o4-mini-deep-research",
            ]
        ),
        ("2026-08-10", ["gpt-5.2-chat-latest", "gpt-5.3-chat-latest"]),
        ("2026-09-28", ["gpt-3.5-turbo-1106"]),
        (
            "2026-10-23",
            [
                "gpt-3.5-turbo", "gpt-4", "gpt-4-1106-preview", "gpt-4-turbo", "gpt-4.1-nano", "gpt-4o-2024-05-13",
                "gpt-image-1", "o1", "o1-pro", "o3-mini", "o4-mini",
            ]
        ),
        ("2026-12-11", ["gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-pro", "o3", "o3-pro"]),
        ("2027-01-06", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"]),
        ("2027-01-14", ["gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini"]),
        ("2027-01-20", ["gpt-audio-mini", "gpt-realtime", "gpt-realtime-mini"]),
        ("2027-02-26", ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize"]),
        ("2027-04-01", ["gpt-5.1", "gpt-5.4-nano"]),
    ]

    /// Adds the last day to each row. Adds rows for models that are already shut down, so that the error names the
    /// reason.
    static func closing(_ models: [ModelInfo]) -> ModelTable {
        let overrides = shutdowns.flatMap { date, ids in
            ids.map { id in
                var override = ModelOverride()
                override.shutdown = CivilDate(date).map { .on($0) }
                return (id, override)
            }
        }
        return ModelTable(models).changed(by: Dictionary(uniqueKeysWithValues: overrides), isBuiltIn: true)
    }
}

extension APIError {
    package static func shutDown(_ model: String) -> APIError {
        APIError(
            status: 404,
            message: "The model `\(model)` has been deprecated, learn more here: "
                + "https://platform.openai.com/docs/deprecations", code: "model_not_found")
    }
}
