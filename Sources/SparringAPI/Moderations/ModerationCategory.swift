/// The categories of the moderation models.
///
/// Source: https://platform.openai.com/docs/guides/moderation and the official OpenAPI document.
package enum ModerationCategory: String, Sendable, Hashable, CaseIterable {
    case harassment
    case harassmentThreatening = "harassment/threatening"
    case sexual
    case sexualMinors = "sexual/minors"
    case hate
    case hateThreatening = "hate/threatening"
    case illicit
    case illicitViolent = "illicit/violent"
    case selfHarm = "self-harm"
    case selfHarmIntent = "self-harm/intent"
    case selfHarmInstructions = "self-harm/instructions"
    case violence
    case violenceGraphic = "violence/graphic"

    /// True for categories that only the omni models have.
    var isNew: Bool { self == .illicit || self == .illicitViolent }

    /// True if the category applies to images too.
    var readsImages: Bool {
        switch self {
        case .sexual, .selfHarm, .selfHarmIntent, .selfHarmInstructions, .violence, .violenceGraphic: true
        default: false
        }
    }

    /// Words that flag a text if no script decides. A word matches a whole word, case-insensitively; a phrase matches consecutive words.
    var words: [String] {
        switch self {
        case .harassment: ["idiot", "moron", "you are worthless", "want to kill"]
        case .harassmentThreatening: ["i will hurt you", "i will kill you", "want to kill"]
        case .sexual: ["porn", "pornography", "erotica"]
        case .sexualMinors: ["underage porn"]
        case .hate: ["subhuman", "subhumans"]
        case .hateThreatening: ["exterminate the subhumans"]
        case .illicit: ["shoplift", "counterfeit money", "build a bomb", "pipe bomb"]
        case .illicitViolent: ["build a bomb", "pipe bomb"]
        case .selfHarm: ["self-harm", "suicide", "kill myself"]
        case .selfHarmIntent: ["kill myself", "end my life"]
        case .selfHarmInstructions: ["how to kill myself", "how to commit suicide"]
        case .violence: ["kill", "murder", "stab", "massacre"]
        case .violenceGraphic: ["dismember", "disembowel", "gore"]
        }
    }
}
