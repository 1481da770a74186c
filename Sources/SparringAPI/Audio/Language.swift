/// Languages: a request gives a language by its code, and an answer gives it by its name.
///
/// Source: the supported languages of https://platform.openai.com/docs/guides/speech-to-text, with their codes of ISO 639-1.
enum Language {
    /// The language's name; nil for an unknown code. The code of Chinese may have a region: `zh-tw`.
    static func name(of code: String) -> String? { names[code.hasPrefix("zh-") ? "zh" : code] }

    private static let names: [String: String] = [
        "af": "afrikaans", "ar": "arabic", "az": "azerbaijani", "be": "belarusian", "bg": "bulgarian",
        "bs": "bosnian", "ca": "catalan", "cs": "czech", "cy": "welsh", "da": "danish", "de": "german", "el": "greek",
        "en": "english", "es": "spanish", "et": "estonian", "fa": "persian", "fi": "finnish", "fr": "french",
        "gl": "galician", "he": "hebrew", "hi": "hindi", "hr": "croatian", "hu": "hungarian", "hy": "armenian",
        "id": "indonesian", "is": "icelandic", "it": "italian", "ja": "japanese", "kk": "kazakh", "kn": "kannada",
        "ko": "korean", "lt": "lithuanian", "lv": "latvian", "mi": "maori", "mk": "macedonian", "mr": "marathi",
        "ms": "malay", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
        "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sr": "serbian", "sv": "swedish",
        "sw": "swahili", "ta": "tamil", "th": "thai", "tl": "tagalog", "tr": "turkish", "uk": "ukrainian",
        "ur": "urdu", "vi": "vietnamese", "zh": "chinese",
    ]
}
