/// Faults of head and framing.
extension MockScenario.Fault {
    /// HTTP/1: `content-length` is wrong.
    public static func contentLength(_ form: ContentLengthForm = .more) -> Self {
        named("content_length", [.text(form.rawValue)])
    }

    /// HTTP/1: the head says `connection: close`, and FIN follows the answer.
    public static let connectionClose = named("connection_close")

    /// HTTP/1: one more header field of this many bytes. Many clients accept heads of 8 to 64 KB.
    public static func hugeHeader(bytes: Int = 64_000) -> Self { named("huge_header", [.size(bytes)]) }

    /// Adds `count` header fields, 1 to 1000000. Many clients accept 100.
    public static func manyHeaders(_ count: Int = 150) -> Self { named("many_headers", [.integer(count)]) }

    /// HTTP/1: this text replaces the size of the next chunk. The default point is `event 2`.
    public static func badChunkSize(_ size: String = "zz", at point: Point? = nil) -> Self {
        named("bad_chunk_size", [.text(size)], at: point)
    }

    /// HTTP/1: an extension follows the size of the next chunk, which is valid but rare. The default point is `event 2`.
    public static func chunkExtension(at point: Point? = nil) -> Self { named("chunk_extension", at: point) }

    /// HTTP/1: no CRLF follows the data of the next chunk. The default point is `event 2`.
    public static func chunkWithoutEnd(at point: Point? = nil) -> Self { named("chunk_without_end", at: point) }

    /// HTTP/1: sends FIN in the middle of the next chunk. The default point is `event 2`.
    public static func tornChunk(at point: Point? = nil) -> Self { named("torn_chunk", at: point) }

    /// HTTP/1: FIN replaces the last chunk. All events are sent, but the body is not ended. The default point is `start`.
    public static func noLastChunk(at point: Point? = nil) -> Self { named("no_last_chunk", at: point) }

    /// HTTP/1: a trailer field follows the last chunk, which is valid. The default point is `start`.
    public static func trailers(at point: Point? = nil) -> Self { named("trailers", at: point) }

    /// HTTP/2: sends `count` empty SETTINGS frames, 1 to 10000. The client has to acknowledge each of them. By default
    /// at `event 2`.
    public static func http2SettingsFlood(_ count: Int = 1000, at point: Point? = nil) -> Self {
        named("h2_settings_flood", [.integer(count)], at: point)
    }

    /// HTTP/2: sends `count` PING frames, 1 to 10000. The client has to answer each of them. The default point is `event 2`.
    public static func http2PingFlood(_ count: Int = 1000, at point: Point? = nil) -> Self {
        named("h2_ping_flood", [.integer(count)], at: point)
    }

    /// The form of a wrong `content-length`.
    public enum ContentLengthForm: String, Sendable, CaseIterable {
        /// The field announces 10 bytes more than are sent before FIN.
        case more
        /// The field announces fewer bytes than are sent.
        case less
        /// The field is missing.
        case missing
        /// The field is sent twice, with two values.
        case doubled
        /// The value is not a number.
        case garbage
        /// The field is sent together with chunked framing.
        case withChunks = "with_chunks"
    }
}
