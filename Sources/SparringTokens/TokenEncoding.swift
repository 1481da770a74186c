/// The byte-pair encodings of the emulated models.
package enum TokenEncoding: String, Sendable, Hashable, CaseIterable {
    case o200k = "o200k_base"
    case cl100k = "cl100k_base"

    /// The encoding of a model, by its name: gpt-4, gpt-3.5, embeddings and the base models of 2023 have the older encoding, all others
    /// have the newer encoding. Source: tiktoken's own table, and recorded usage for names that the table does not have
    /// (docs/reference/api/tokens.md).
    package init(model: String) {
        var name = Substring(model)
        if name.hasPrefix("ft:") { name = name.dropFirst(3).prefix { $0 != ":" } }
        let older = ["gpt-4-", "gpt-3.5", "gpt-35-", "text-embedding-", "davinci-002", "babbage-002"]
        self = name == "gpt-4" || older.contains(where: name.hasPrefix) ? .cl100k : .o200k
    }

    /// The published file of the vocabulary.
    package var file: File {
        switch self {
        case .o200k:
            File(
                cacheName: "fb374d419588a4632f3f557e76b4b70aebbca790", byteCount: 3_613_922,
                sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d")
        case .cl100k:
            File(
                cacheName: "9b5ad71b2ce5302211f9c61530b329a4922fc6a4", byteCount: 1_681_126,
                sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7")
        }
    }

    package struct File: Sendable, Hashable {
        /// The file's name in tiktoken's cache: the SHA-1 of its published address.
        package var cacheName: String
        package var byteCount: Int
        /// The SHA-256 in lower-case hexadecimal digits.
        package var sha256: String
    }
}
