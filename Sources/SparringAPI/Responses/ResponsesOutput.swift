import SparringJSON
import SparringTokens

/// The items of a response, cut at the output limit, before they become a body or events.
struct ResponsesOutput: Sendable {
    struct Item: Sendable {
        enum Kind: Sendable {
            case reasoning(encrypted: String?)
            /// `phase` is nil on models that send no phase.
            case text(phase: String?)
            case refusal(phase: String?)
            case call(id: String, name: String)
            indirect case scripted(ScriptedItem)
        }

        var kind: Kind
        var id: String
        /// The pieces of the text or the arguments.
        var pieces: ArraySlice<TokenPiece> = []
        /// False if the output limit cut the item.
        var isComplete = true
        /// Number of alternatives for each token; nil if log probabilities are not requested.
        var topLogprobs: Int?

        var text: String { pieces.lazy.map(\.text).joined() }
    }

    private(set) var items: [Item] = []
    private(set) var tokens = 0
    private(set) var reasoningTokens = 0
    /// The ending of the response; nil if the response completes.
    private(set) var ending: ResponsesEnding?
    /// The prompt's tokens that were read from the prompt cache, and those that were written to it.
    let cache: CacheablePrompt.Use
    private var isFull = false
    let id: String
    /// The common part of the ids of a response: its time and random characters.
    private let stem: String
    private let limit: Int
    private let counter: TokenCounter
    private let topLogprobs: Int?

    /// An invented message, for `examples` mode.
    init(example id: String, for request: ResponsesRequest, context: AnswerInput, ids: inout IDMint) {
        self.init(for: request, id: id, context: context, ids: &ids)
        addMessage(.text(phase: nil), "Example", &ids)
    }

    /// The items of a script. Calls of the API's own tools beyond `max_tool_calls` are dropped.
    init(_ given: [JSONObject], for request: ResponsesRequest, context: AnswerInput, ids: inout IDMint) {
        self.init(for: request, context: context, ids: &ids)
        let hasPhases = ResponsesGeneration(request.model).hasPhases
        var calls = 0
        for object in given where !isFull {
            let type = object["type"]?.string ?? "message"
            if ResponsesItemTypes.areBuiltIn.contains(type) {
                calls += 1
                if let maximum = request.maximumToolCalls, calls > maximum { continue }
            }
            let item = ScriptedItem(
                object, id: makeID(ResponsesItemTypes.prefix(of: type), &ids), room: limit - tokens,
                counter: counter, includes: request.includes, topLogprobs: topLogprobs, hasPhases: hasPhases,
                ids: &ids)
            items.append(Item(kind: .scripted(item), id: item.id, isComplete: item.isComplete))
            tokens += item.tokens
            reasoningTokens += item.reasoningTokens
            isFull = !item.isComplete
        }
        close(context)
    }

    init(_ content: Content, for request: ResponsesRequest, context: AnswerInput, ids: inout IDMint) {
        self.init(for: request, context: context, ids: &ids)
        guard !request.prewarms else { return }
        if request.emitsReasoning {
            let encrypted =
                request.includes.contains("reasoning.encrypted_content")
                ? ids.base62("gAAAAAB", count: 120) : nil
            items.append(Item(kind: .reasoning(encrypted: encrypted), id: makeID("rs_", &ids)))
        }
        let hasPhases = ResponsesGeneration(request.model).hasPhases
        let last = hasPhases ? "final_answer" : nil
        switch content {
        case .text(let text): addMessage(.text(phase: last), text, &ids)
        case .refusal(let text): addMessage(.refusal(phase: last), text, &ids)
        case .toolCalls(let calls, let text):
            if let text { addMessage(.text(phase: hasPhases ? "commentary" : nil), text, &ids) }
            for call in calls { addCall(call, choice: request.tools.choice, &ids) }
        }
        close(context)
    }

    /// A script's ending takes precedence over the ending by the output limit.
    private mutating func close(_ context: AnswerInput) {
        ending = context.ending ?? (isFull ? .incomplete(reason: "max_output_tokens") : nil)
    }

    private init(for request: ResponsesRequest, id: String? = nil, context: AnswerInput, ids: inout IDMint) {
        cache = context.promptCache
        limit = request.outputLimit
        counter = request.model.counter
        topLogprobs = request.topLogprobs
        let time = String(UInt32(truncatingIfNeeded: context.created), radix: 16)
        let padding = String(repeating: "0", count: 8 - time.count)
        stem = ids.hex("0", count: 15) + "00" + padding + time
        self.id = id ?? ids.hex("resp_" + stem, count: 24)
    }

    private func makeID(_ prefix: String, _ ids: inout IDMint) -> String {
        ids.hex(prefix + stem, count: 24)
    }

    /// Adds a message. The message's end token counts too: recorded usage is one token more than the text has.
    private mutating func addMessage(_ kind: Item.Kind, _ text: String, _ ids: inout IDMint) {
        add(
            Item(kind: kind, id: makeID("msg_", &ids), topLogprobs: topLogprobs), pieces(text), before: 0, after: 1)
    }

    /// Adds a call. For a forced call, only the arguments cost tokens; for any other call, the name and the framing also cost tokens.
    private mutating func addCall(_ call: ToolCall, choice: ResponsesTools.Choice, _ ids: inout IDMint) {
        guard !isFull else { return }
        let isForced = if case .function = choice { true } else { false }
        let item = Item(
            kind: .call(id: ids.base62("call_", count: 24), name: call.name),
            id: makeID("fc_", &ids)
        )
        let framing = isForced ? 0 : counter.count(call.name) + 6
        add(item, pieces(call.arguments), before: framing, after: 1)
    }

    /// An empty text has no token and no delta.
    private func pieces(_ text: String) -> [TokenPiece] { text.isEmpty ? [] : counter.pieces(text) }

    private mutating func add(_ item: Item, _ pieces: [TokenPiece], before: Int, after: Int) {
        var item = item
        let room = limit - tokens - before
        let count = pieces.reduce(0) { $0 + $1.tokens }
        let isWhole = count + after <= room
        item.pieces = isWhole ? pieces[...] : pieces.first(room)
        item.isComplete = isWhole
        items.append(item)
        tokens = isWhole ? tokens + before + count + after : limit
        isFull = !isWhole
    }
}
