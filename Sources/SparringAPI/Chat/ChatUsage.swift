import SparringJSON
import SparringWire

/// The `usage` object of chat answers, with its details.
struct ChatUsage: Sendable {
    var prompt: Int
    /// All generated tokens, including those that the answer does not show.
    var completion: Int
    /// The prompt tokens that were read from the prompt cache, and those that were written to it. The number of written tokens is nil for
    /// models that do not report this number.
    var cached = 0
    var cacheWrites: Int?
    var reasoning = 0
    var acceptedPrediction = 0
    var rejectedPrediction = 0
    /// The audio tokens; nil on models without audio, which do not report them.
    var audio: Audio?

    struct Audio: Sendable {
        var prompt = 0
        var completion = 0
    }

    /// The billed usage.
    var usage: Usage {
        var usage = Usage(input: prompt, output: completion)
        usage.cached = cached
        usage.reasoning = reasoning
        if let audio { (usage.audioInput, usage.audioOutput) = (audio.prompt, audio.completion) }
        return usage
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("prompt_tokens", prompt)
            writer.member("completion_tokens", completion)
            writer.member("total_tokens", prompt + completion)
            writer.member("prompt_tokens_details") { writer in
                writer.object { writer in
                    writer.member("cached_tokens", cached)
                    if let cacheWrites { writer.member("cache_write_tokens", cacheWrites) }
                    writer.member("audio_tokens", audio?.prompt ?? 0)
                    if let audio {
                        writer.member("text_tokens", prompt - audio.prompt)
                        writer.member("image_tokens", 0)
                    }
                }
            }
            writer.member("completion_tokens_details") { writer in
                writer.object { writer in
                    writer.member("reasoning_tokens", reasoning)
                    writer.member("audio_tokens", audio?.completion ?? 0)
                    writer.member("accepted_prediction_tokens", acceptedPrediction)
                    writer.member("rejected_prediction_tokens", rejectedPrediction)
                    if let audio { writer.member("text_tokens", completion - audio.completion) }
                }
            }
        }
    }
}
