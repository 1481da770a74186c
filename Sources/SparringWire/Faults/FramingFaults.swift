/// Heads, lengths and chunks that are unusual or wrong (RFC 9110 §8.6, RFC 9112 §6 and §7).
enum FramingFaults {
    static let all = [
        contentLength, connectionClose, hugeHeader, manyHeaders, badChunkSize, chunkExtension, chunkWithoutEnd,
        tornChunk,
        noLastChunk, trailers,
    ]

    static let contentLength = WireFault(
        kind: FaultKind(
            "content_length", .framing, at: .start, usually: .start,
            takes: [
                FaultParameter(
                    .form, .choice(["more", "less", "missing", "doubled", "garbage", "with_chunks"]), .text("more"))
            ], major: 1,
            "Content-Length is 10 bytes too large or too small, missing, present twice with different values, "
                + "not a number, or combined with chunks"),
        edit: .head { arguments, head in
            let form = arguments.text(.form)
            let length = head["content-length"].flatMap { Int($0) }
            if form == "with_chunks" {
                guard head["transfer-encoding"] != nil else { return "the body is not chunked" }
                head["content-length"] = "10"
                return nil
            }
            guard let length else { return "the answer has no Content-Length" }
            switch form {
            case "more":
                head["content-length"] = String(length + 10)
                head.closes = true
            case "less": head["content-length"] = String(max(0, length - 10))
            case "missing":
                head["content-length"] = nil
                head.closes = true
            case "doubled": head.append("content-length", String(length + 1))
            default: head["content-length"] = "ten"
            }
            return nil
        })

    static let connectionClose = WireFault(
        kind: FaultKind(
            "connection_close", .framing, at: .start, usually: .start, major: 1,
            "sends `connection: close` and FIN after the answer: the next request needs a new connection"),
        edit: .head { _, head in
            head["connection"] = "close"
            head.closes = true
            return nil
        })

    static let hugeHeader = WireFault(
        kind: FaultKind(
            "huge_header", .framing, at: .start, usually: .start,
            takes: [FaultParameter(.size, .size(1...100_000_000), .size(64_000))], major: 1,
            "a header field of that size; many clients accept only 8 to 64 KB of header fields"),
        edit: .head { arguments, head in
            head.append("x-sparring-padding", String(repeating: "x", count: arguments.integer(.size)))
            return nil
        })

    static let manyHeaders = WireFault(
        kind: FaultKind(
            "many_headers", .framing, at: .start, usually: .start,
            takes: [FaultParameter(.count, .count(1...1_000_000), .integer(150))],
            "adds that many header fields; many clients accept only 100"),
        edit: .head { arguments, head in
            for number in 1...max(1, arguments.integer(.count)) { head.append("x-sparring-\(number)", "x") }
            return nil
        })

    static let badChunkSize = WireFault(
        kind: FaultKind(
            "bad_chunk_size", .framing, at: .betweenEvents, usually: .event(2),
            takes: [FaultParameter(.size, .text, .text("zz"))], major: 1,
            "replaces the next chunk's size with this text"),
        edit: .nextChunk { arguments, framing in framing.size = arguments.text(.size).filter { !$0.isNewline } })

    static let chunkExtension = WireFault(
        kind: FaultKind(
            "chunk_extension", .framing, at: .betweenEvents, usually: .event(2), major: 1,
            "adds an extension to the next chunk's size, which is valid but unusual"),
        edit: .nextChunk { _, framing in framing.chunkExtension = ";sparring=1" })

    static let chunkWithoutEnd = WireFault(
        kind: FaultKind(
            "chunk_without_end", .framing, at: .betweenEvents, usually: .event(2), major: 1,
            "leaves out the CRLF after the next chunk's data"),
        edit: .nextChunk { _, framing in framing.hasLineEnd = false })

    static let tornChunk = WireFault(
        kind: FaultKind(
            "torn_chunk", .framing, at: .betweenEvents, usually: .event(2), major: 1,
            "sends FIN in the middle of the next chunk"),
        edit: .nextChunk { _, framing in framing.isTorn = true })

    static let noLastChunk = WireFault(
        kind: FaultKind(
            "no_last_chunk", .framing, at: [.start, .head, .events], usually: .start, major: 1,
            "sends FIN in place of the last chunk (0): all events are sent, but the body has no end"),
        edit: .lastChunk { _, framing in framing.hasLastChunk = false })

    static let trailers = WireFault(
        kind: FaultKind(
            "trailers", .framing, at: [.start, .head, .events], usually: .start, major: 1,
            "adds a trailer field after the last chunk, which is valid"),
        edit: .lastChunk { _, framing in framing.trailers.append("x-sparring-trailer: 1") })
}
