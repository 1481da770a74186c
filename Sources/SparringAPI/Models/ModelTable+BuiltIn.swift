/// The models as of November 2026. Source: https://platform.openai.com/docs/models and recorded traffic
/// (docs/measurements/fidelity.md).
extension ModelTable {
    package static let builtIn = closing(
        chat + retired + reasoning + embeddings + completions + moderations + listening + reading + drawing
            + other.map { ModelInfo(id: $0, kind: .other, contextWindow: 16_384, maximumOutput: 4_096) })

    private static let chat: [ModelInfo] = [
        model("gpt-3.5-turbo", "0125", window: 16_385, output: 4_096),
        model("gpt-4", "0613", window: 8_192, output: 8_192),
        model("gpt-4-turbo", "2024-04-09", window: 128_000, output: 4_096),
        model("gpt-4o", "2024-08-06", window: 128_000, output: 16_384),
        model("gpt-4o-mini", "2024-07-18", window: 128_000, output: 16_384),
        model("gpt-4.1", "2025-04-14", window: 1_047_576, output: 32_768),
        model("gpt-4.1-mini", "2025-04-14", window: 1_047_576, output: 32_768),
        model("gpt-4.1-nano", "2025-04-14", window: 1_047_576, output: 32_768),
        model("chatgpt-4o-latest", nil, window: 128_000, output: 16_384),
        model("gpt-5-chat-latest", nil, window: 128_000, output: 16_384),
        model("gpt-4o-audio-preview", "2025-06-03", window: 128_000, output: 16_384),
        model("gpt-audio", nil, window: 128_000, output: 16_384),
        model("gpt-4o-mini-audio-preview", "2024-12-17", window: 128_000, output: 16_384),
        model("gpt-audio-mini", nil, window: 128_000, output: 16_384),
        model("gpt-4o-search-preview", "2025-03-11", window: 128_000, output: 16_384),
        model("gpt-4o-mini-search-preview", "2025-03-11", window: 128_000, output: 16_384),
        model("gpt-audio-mini", "2025-12-15", window: 128_000, output: 16_384),
        model("gpt-4o-2024-05-13", nil, window: 128_000, output: 4_096),
        model("gpt-audio-1.5", nil, window: 128_000, output: 16_384),
        model("gpt-5-search-api", "2025-10-14", window: 128_000, output: 16_384),
    ]

    /// Models that the API no longer has. Programs still use these models, so Sparring answers for them as the API did.
    private static let retired: [ModelInfo] =
        [
            model("gpt-3.5-turbo-16k", "0613", window: 16_385, output: 4_096),
            model("gpt-4-32k", "0613", window: 32_768, output: 32_768),
            model("gpt-4.5-preview", "2025-02-27", window: 128_000, output: 16_384),
            thinker("o1-mini", "2024-09-12", window: 128_000, output: 65_536),
            thinker("o1-preview", "2024-09-12", window: 128_000, output: 32_768),
            pro("o3-deep-research", "2025-06-26", window: 200_000, output: 100_000),
            pro("o4-mini-deep-research", "2025-06-26", window: 200_000, output: 100_000),
            pro("codex-mini-latest", nil, window: 200_000, output: 100_000),
            pro("gpt-5-codex", nil, window: 272_000, output: 128_000),
            pro("gpt-5.1-codex", nil, window: 272_000, output: 128_000),
            pro("gpt-5.1-codex-max", nil, window: 272_000, output: 128_000),
        ]
        + ["gpt-4-turbo-preview", "gpt-4-vision-preview", "gpt-4-0125-preview", "gpt-4-1106-preview"].map {
            model($0, nil, window: 128_000, output: 4_096)
        }
        + ["text-davinci-002", "text-davinci-003"].map { completion($0, $0, 4_097, takesSuffix: true) }
        + [
            "davinci", "curie", "babbage", "ada", "text-davinci-001", "text-curie-001", "text-babbage-001",
            "text-ada-001",
        ]
        .map { completion($0, $0, 2_049, takesSuffix: false) }

    private static let reasoning: [ModelInfo] =
        [
            thinker("o1", "2024-12-17", window: 200_000, output: 100_000),
            pro("o1-pro", "2025-03-19", window: 200_000, output: 100_000),
            thinker("o3", "2025-04-16", window: 200_000, output: 100_000),
            thinker("o3-mini", "2025-01-31", window: 200_000, output: 100_000),
            pro("o3-pro", "2025-06-10", window: 200_000, output: 100_000),
            thinker("o4-mini", "2025-04-16", window: 200_000, output: 100_000),
            thinker("gpt-5", "2025-08-07", window: 272_000, output: 128_000),
            thinker("gpt-5-mini", "2025-08-07", window: 272_000, output: 128_000),
            thinker("gpt-5-nano", "2025-08-07", window: 272_000, output: 128_000),
            pro("gpt-5-pro", "2025-10-06", window: 400_000, output: 272_000),
            thinker("gpt-5.1", "2025-11-13", window: 272_000, output: 128_000),
            thinker("gpt-5.1-mini", nil, window: 272_000, output: 128_000),
            thinker("gpt-5.2", "2025-12-11", window: 272_000, output: 128_000),
            thinker("gpt-5.4", "2026-03-05", window: 1_050_000, output: 128_000),
            pro("gpt-5.4-pro", nil, window: 1_050_000, output: 128_000),
            thinker("gpt-5.4-mini", "2026-03-17", window: 272_000, output: 128_000),
            thinker("gpt-5.4-nano", "2026-03-17", window: 272_000, output: 128_000),
            thinker("gpt-5.5", "2026-04-23", window: 1_050_000, output: 128_000),
            pro("gpt-5.5-pro", "2026-04-23", window: 1_050_000, output: 128_000),
            pro("gpt-6-rosalind", nil, window: 922_000, output: 128_000),
            pro("gpt-5.2-pro", "2025-12-11", window: 400_000, output: 128_000),
            pro("gpt-5.1-codex-mini", nil, window: 272_000, output: 128_000),
        ]
        + [
            "gpt-5.6", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-6-astra", "gpt-6-sol", "gpt-6-luna",
            "gpt-6.1-sol", "gpt-6.1-terra", "gpt-6.2-astra", "gpt-6.2-sol",
        ].map { thinker($0, nil, window: 922_000, output: 128_000) }
        + [
            "gpt-5.6-cyber", "gpt-6-cyber", "gpt-6-astra-law", "gpt-6.2-astra-law", "gpt-daybreak-blue-latest",
            "gpt-daybreak-red-latest",
            "gpt-rosalind-research",
        ].map { pro($0, nil, window: 922_000, output: 128_000) }

    private static let embeddings: [ModelInfo] = [
        embedding("text-embedding-3-small", 1_536, isShortenable: true),
        embedding("text-embedding-3-large", 3_072, isShortenable: true),
        embedding("text-embedding-ada-002", snapshot: "text-embedding-ada-002-v2", 1_536, isShortenable: false),
    ]

    /// The answers of these models name a snapshot that clients never request. Source: recorded traffic; the row of davinci-002 is by
    /// analogy with a similar model.
    private static let completions: [ModelInfo] = [
        completion("gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct:20230824-v2", 4_097, takesSuffix: true),
        completion("davinci-002", "davinci:2023-07-21-v2", 16_384, takesSuffix: false),
        completion("babbage-002", "babbage:2023-07-21-v2", 16_384, takesSuffix: false),
    ]

    private static let moderations: [ModelInfo] = [
        moderation("omni-moderation-latest", readsImages: true),
        moderation("omni-moderation-2024-09-26", readsImages: true),
        moderation("text-moderation-latest", snapshot: "text-moderation-007", readsImages: false),
        moderation("text-moderation-stable", snapshot: "text-moderation-007", readsImages: false),
        moderation("text-moderation-007", readsImages: false),
    ]

    /// Context windows are from the models' pages; audio tokens are counted by length.
    private static let listening: [ModelInfo] = [
        "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize", "gpt-transcribe",
    ].map { ModelInfo(id: $0, kind: .transcription, contextWindow: 16_000, maximumOutput: 2_000) }

    private static let reading: [ModelInfo] = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"].map {
        ModelInfo(id: $0, kind: .speech, contextWindow: 2_000, maximumOutput: 0)
    }

    /// The image models, including those that are shut down. Source: the official Python package 3.57.0.
    private static let drawing: [ModelInfo] = [
        "dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2",
        "gpt-image-2-2026-04-21", "gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5-sunburst",
        "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.6-flare", "gpt-image-2.6-sunburst", "chatgpt-image-latest",
    ].map { ModelInfo(id: $0, kind: .image, contextWindow: 32_000, maximumOutput: 0) }

    /// Names of models that only generic operations accept. Source: the official Python package 3.57.0.
    private static let other = [
        "gpt-realtime", "gpt-realtime-2025-08-28", "gpt-realtime-mini", "gpt-realtime-mini-2025-12-15",
        "gpt-realtime-1.5", "gpt-realtime-2", "gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-translate",
    ]

    private static func model(_ id: String, _ date: String?, window: Int, output: Int) -> ModelInfo {
        ModelInfo(id: id, snapshot: date.map { "\(id)-\($0)" }, contextWindow: window, maximumOutput: output)
    }

    private static func thinker(_ id: String, _ date: String?, window: Int, output: Int) -> ModelInfo {
        var row = model(id, date, window: window, output: output)
        row.isReasoning = true
        return row
    }

    /// A model that is not on the chat endpoint, because the official package lists it only for responses.
    private static func pro(_ id: String, _ date: String?, window: Int, output: Int) -> ModelInfo {
        var row = thinker(id, date, window: window, output: output)
        row.kind = .responsesOnly
        return row
    }

    private static func completion(
        _ id: String, _ snapshot: String, _ window: Int, takesSuffix: Bool
    ) -> ModelInfo {
        ModelInfo(
            id: id, snapshot: snapshot, kind: .completion(takesSuffix: takesSuffix), contextWindow: window,
            maximumOutput: window)
    }

    private static func moderation(_ id: String, snapshot: String? = nil, readsImages: Bool) -> ModelInfo {
        ModelInfo(
            id: id, snapshot: snapshot, kind: .moderation(readsImages: readsImages), contextWindow: 32_768,
            maximumOutput: 0)
    }

    private static func embedding(
        _ id: String, snapshot: String? = nil, _ dimensions: Int, isShortenable: Bool
    ) -> ModelInfo {
        ModelInfo(
            id: id, snapshot: snapshot, kind: .embedding(dimensions: dimensions, isShortenable: isShortenable),
            contextWindow: 8_192, maximumOutput: 0)
    }
}
