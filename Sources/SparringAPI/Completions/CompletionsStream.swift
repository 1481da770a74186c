import SparringJSON
import SparringTokens
import SparringWire

/// A legacy completion as chunks: one for each token, each in the shape of the whole answer; then the usage if requested, and `[DONE]`.
///
/// Recorded: if an answer reached its limit, the chunk of its last token has the finish reason. If an answer ended by itself, a further
/// chunk without text has the finish reason.
struct CompletionsStream {
    private let completion: Completion
    private let request: CompletionsRequest
    /// The bytes of a chunk before the list of choices.
    private let head: [UInt8]
    /// The bytes of a chunk after the list of choices.
    private let tail: [UInt8]

    init(_ completion: Completion, _ request: CompletionsRequest) {
        self.completion = completion
        self.request = request
        var writer = JSONWriter(reserving: 128)
        writer.raw(#"{"id":"#)
        writer.string(completion.id)
        writer.raw(#","object":"text_completion","created":\#(completion.created)"#)
        head = writer.bytes
        var end = JSONWriter(reserving: 64)
        end.raw(#"],"model":"#)
        end.string(completion.model)
        end.raw(request.includesUsage ? #","usage":null}"# : "}")
        tail = end.bytes
    }

    func make() -> [Event] {
        let scripts = (0..<(completion.texts.count * request.choices)).map(chunks)
        var events: [Event] = []
        events.reserveCapacity(scripts.reduce(2) { $0 + $1.count })
        // The chunks of several answers are interleaved, token by token.
        for position in 0..<(scripts.map(\.count).max() ?? 0) {
            for script in scripts where position < script.count { events.append(script[position]) }
        }
        if request.includesUsage { events.append(usage()) }
        events.append(.done)
        return events
    }

    private func chunks(of index: Int) -> [Event] {
        let text = completion.texts[index / request.choices]
        var events: [Event] = []
        events.reserveCapacity(text.echo.count + text.pieces.count + 1)
        var offset = text.offset
        for piece in text.echo {
            events.append(chunk(index, [piece], offset, finish: nil, kind: .frame))
            offset += piece.text.unicodeScalars.count
        }
        let isCut = text.finish == "length" && !text.pieces.isEmpty
        for (position, piece) in text.pieces.enumerated() {
            let finish = isCut && position == text.pieces.count - 1 ? text.finish : nil
            events.append(chunk(index, [piece], offset, finish: finish, kind: .content(tokens: piece.tokens)))
            offset += piece.text.unicodeScalars.count
        }
        if !isCut { events.append(chunk(index, [], offset, finish: text.finish, kind: .finish)) }
        return events
    }

    private func chunk(_ index: Int, _ pieces: [TokenPiece], _ offset: Int, finish: String?, kind: Event.Kind) -> Event
    {
        var writer = JSONWriter(reserving: head.count + tail.count + 96)
        writer.raw(head)
        writer.raw(#","choices":[{"text":"#)
        writer.string(pieces.lazy.map(\.text).joined())
        writer.raw(#","index":\#(index),"logprobs":"#)
        if let top = request.logprobs {
            var logprobs = JSONWriter()
            let isStart = request.startsWithoutLogprob && kind == .frame && offset == 0
            CompletionsLogprobs.write(pieces, from: offset, isStart: isStart, top: top, to: &logprobs)
            writer.raw(logprobs.bytes)
        } else {
            writer.raw("null")
        }
        writer.raw(#","finish_reason":\#(finish.map { "\"\($0)\"" } ?? "null")}"#)
        writer.raw(tail)
        return Event(data: writer.bytes, kind: kind)
    }

    /// The usage chunk, whose keys have a different order.
    private func usage() -> Event {
        var writer = JSONWriter(reserving: 256)
        writer.raw(head)
        writer.raw(#","model":"#)
        writer.string(completion.model)
        writer.raw(#","usage":"#)
        var counts = JSONWriter()
        completion.write(usageTo: &counts)
        writer.raw(counts.bytes)
        writer.raw(#","choices":[]}"#)
        return Event(data: writer.bytes, kind: .frame)
    }
}
