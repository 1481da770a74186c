import SparringJSON

extension ChatCompletion {
    // MARK: The body

    func body(_ request: ChatRequest) -> [UInt8] { written(request).bytes }

    /// The body, and the places of the body's id and time. The next answer with the same content differs only in its id and its time.
    func written(_ request: ChatRequest) -> (bytes: [UInt8], id: Range<Int>, created: Range<Int>) {
        var writer = JSONWriter(style: .pretty, reserving: 1536)
        var (idEnd, createdEnd) = (0, 0)
        writer.object { writer in
            writer.member("id", id)
            // The id ends before the closing quote.
            idEnd = writer.count - 1
            writer.member("object", "chat.completion")
            writer.member("created", created)
            createdEnd = writer.count
            writer.member("model", model)
            writer.member("choices") { writer in
                writer.array { writer in
                    for index in 0..<request.choices { writer.element { write(choice: index, request, to: &$0) } }
                }
            }
            writer.member("usage") { usage.write(to: &$0) }
            if !request.traits.searches { writer.member("service_tier", request.serviceTier) }
            writer.member("system_fingerprint", orNull: fingerprint)
            if request.wantsModeration { writer.member("moderation") { ChatModeration.write(to: &$0) } }
        }
        writer.raw("\n")
        let digits = String(created).utf8.count
        return (writer.bytes, idEnd - id.utf8.count..<idEnd, createdEnd - digits..<createdEnd)
    }

    private func write(choice index: Int, _ request: ChatRequest, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", index)
            writer.member("message") { writer in
                writer.object { writer in
                    writer.member("role", "assistant")
                    writer.member("content", orNull: message.audio == nil ? message.text : nil)
                    if !message.calls.isEmpty { writeCalls(of: index, isLegacy: request.tools.isLegacy, to: &writer) }
                    writer.member("refusal", orNull: message.refusal)
                    if let audio = message.audio {
                        writer.member("audio") { writer in
                            writer.object { writer in
                                writer.member("id", audioIDs[index])
                                writer.member("data", Base64.text(audio.bytes(request.audioFormat ?? "")))
                                writer.member("expires_at", audioExpiry)
                                writer.member("transcript", message.text ?? "")
                            }
                        }
                    }
                    writer.member("annotations") { $0.array { _ in } }
                }
            }
            if let top = request.topLogprobs {
                writer.member("logprobs") { $0.raw(ChatLogprobs.whole(message, request.model.counter, top: top)) }
            } else if request.traits.namesLogprobs {
                writer.null("logprobs")
            }
            writer.member("finish_reason", message.finish)
        }
    }

    /// An hour after the answer: the audio's id then expires.
    var audioExpiry: Int { created + 3600 }

    private func writeCalls(of index: Int, isLegacy: Bool, to writer: inout JSONWriter) {
        if isLegacy {
            guard let call = message.calls.first else { return }
            return writer.member("function_call") { call.write(to: &$0) }
        }
        writer.member("tool_calls") { writer in
            writer.array { writer in
                for (call, id) in zip(message.calls, callIDs[index]) {
                    writer.element { writer in
                        writer.object { writer in
                            writer.member("id", id)
                            writer.member("type", call.kind)
                            writer.member(named: call.kind) { call.write(to: &$0) }
                        }
                    }
                }
            }
        }
    }
}

extension ToolCall {
    var kind: String { isCustom ? "custom" : "function" }
    /// The key of the tool's input.
    var argumentKey: StaticString { isCustom ? "input" : "arguments" }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member(argumentKey, arguments)
        }
    }

    /// Converts the call to a call of a custom tool, which takes plain text: a JSON string becomes the text that it contains.
    var asCustom: ToolCall {
        var call = self
        call.isCustom = true
        if let text = try? JSONValue.parse(Array(arguments.utf8)).string { call.arguments = text }
        return call
    }
}
