/// Faults of the content coding (RFC 9110 §8.4).
extension MockScenario.Fault {
    /// The body is gzip though the client did not ask for it.
    public static func gzip(_ form: GzipForm = .good) -> Self { named("gzip", [.text(form.rawValue)]) }

    /// The body is deflate though the client did not ask for it.
    public static func deflate(_ form: DeflateForm = .good) -> Self { named("deflate", [.text(form.rawValue)]) }

    /// The body is Brotli though the client did not ask for it.
    public static func brotli(_ form: PlainForm = .good) -> Self { named("br", [.text(form.rawValue)]) }

    /// The body is Zstandard though the client did not ask for it.
    public static func zstd(_ form: PlainForm = .good) -> Self { named("zstd", [.text(form.rawValue)]) }

    /// How a body in Brotli or Zstandard is written.
    public enum PlainForm: String, Sendable, CaseIterable {
        /// Correctly.
        case good
        /// Not coded at all; the header says that it is.
        case plain
        /// The bytes are not in that coding.
        case garbage
        /// The end is missing.
        case truncated
    }

    /// How a body in gzip is written.
    public enum GzipForm: String, Sendable, CaseIterable {
        /// Correctly.
        case good
        /// Not coded at all; the header says that it is.
        case plain
        /// The bytes are not gzip.
        case garbage
        /// The checksum is wrong.
        case badChecksum = "bad_checksum"
        /// The end is missing.
        case truncated
    }

    /// How a body in deflate is written.
    public enum DeflateForm: String, Sendable, CaseIterable {
        /// Correctly: with zlib's wrapping.
        case good
        /// Without zlib's wrapping, as some servers do.
        case raw
        /// Not coded at all; the header says that it is.
        case plain
        /// The bytes are not deflate.
        case garbage
        /// The checksum is wrong.
        case badChecksum = "bad_checksum"
        /// The end is missing.
        case truncated
    }
}
