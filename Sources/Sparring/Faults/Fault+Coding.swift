/// Faults of the content coding (RFC 9110 §8.4).
extension MockScenario.Fault {
    /// The body is coded in gzip although the client did not ask for it.
    public static func gzip(_ form: GzipForm = .good) -> Self { named("gzip", [.text(form.rawValue)]) }

    /// The body is coded in deflate although the client did not ask for it.
    public static func deflate(_ form: DeflateForm = .good) -> Self { named("deflate", [.text(form.rawValue)]) }

    /// The body is coded in Brotli although the client did not ask for it.
    public static func brotli(_ form: PlainForm = .good) -> Self { named("br", [.text(form.rawValue)]) }

    /// The body is coded in Zstandard although the client did not ask for it.
    public static func zstd(_ form: PlainForm = .good) -> Self { named("zstd", [.text(form.rawValue)]) }

    /// The form of a body in Brotli or Zstandard.
    public enum PlainForm: String, Sendable, CaseIterable {
        /// Coded correctly.
        case good
        /// The body is not coded, although the header says so.
        case plain
        /// The bytes are not in that coding.
        case garbage
        /// The end of the coded body is missing.
        case truncated
    }

    /// The form of a body in gzip.
    public enum GzipForm: String, Sendable, CaseIterable {
        /// Coded correctly.
        case good
        /// The body is not coded, although the header says so.
        case plain
        /// The bytes are not gzip.
        case garbage
        /// The checksum is wrong.
        case badChecksum = "bad_checksum"
        /// The end of the coded body is missing.
        case truncated
    }

    /// The form of a body in deflate.
    public enum DeflateForm: String, Sendable, CaseIterable {
        /// The body is coded correctly, in the zlib format.
        case good
        /// The body is coded without the zlib format, as some servers do.
        case raw
        /// The body is not coded, although the header says so.
        case plain
        /// The bytes are not deflate.
        case garbage
        /// The checksum is wrong.
        case badChecksum = "bad_checksum"
        /// The end of the coded body is missing.
        case truncated
    }
}
