import SparringJSON
import SparringTokens
package import SparringWire

/// The answers of image requests: whole, or in events.
///
/// Source: the official Python package 3.57.0 (`ImagesResponse`, `ImageGenCompletedEvent` and similar types).
extension ImageRequest {
    package func answer(context: AnswerInput, ids: inout IDMint) -> Answer {
        let pictures = (0..<count).map { _ in picture(seed: Int(ids.next() % 1_000_000)) }
        let isStream = digest.isStream && task != .vary
        let headers = StandardHeaders.fields(
            contentType: isStream ? "text/event-stream; charset=utf-8" : "application/json", context: context,
            ids: &ids, rateLimits: context.rateLimits, counter: isOlder ? nil : model.counter)
        var answer = Answer(status: 200, headers: headers)
        answer.body =
            isStream
            ? .events(pictures.flatMap { events(of: $0, created: context.created) })
            : .whole(json(pictures, context).serialized(.pretty))
        answer.usage = isOlder ? nil : usage
        return answer
    }

    private var isOlder: Bool { model.family.hasPrefix("dall-e") }

    private func picture(seed: Int) -> Picture {
        let text = task == .vary ? "variation" : prompt
        var picture = Picture(
            prompt: String(text.prefix(Picture.longestPrompt)), width: size.width, height: size.height, seed: seed)
        picture.isTransparent = isTransparent
        return picture
    }

    private func json(_ pictures: [Picture], _ context: AnswerInput) -> JSONValue {
        var json = JSONObject([.init("created", .int(context.created))])
        if !isOlder {
            json["background"] = .string(background)
            json["output_format"] = "png"
            json["quality"] = .string(quality)
            json["size"] = .string(size.text)
        }
        json["data"] = .array(
            pictures.map { picture in
                var image = JSONObject()
                if givesAddress {
                    image["url"] = .string((context.origin ?? "") + picture.address)
                } else {
                    image["b64_json"] = .string(Base64.text(picture.png))
                }
                if model.family == "dall-e-3" { image["revised_prompt"] = .string(prompt) }
                return .object(image)
            })
        if let safetyIdentifier, !isOlder { json["safety_identifier"] = .string(safetyIdentifier) }
        if !isOlder { json["usage"] = tokens(isWhole: true) }
        return .object(json)
    }

    private var background: String { isTransparent ? "transparent" : "opaque" }

    // MARK: Streams

    /// The partial images, each with more of the pattern, and the image itself.
    private func events(of picture: Picture, created: Int) -> [Event] {
        let family = task == .edit ? "image_edit" : "image_generation"
        let share = max(1, outputTokens / count / (partialImages + 1))
        func event(_ kind: String, _ picture: Picture, _ more: [(String, JSONValue)], at point: Event.Kind) -> Event {
            var json = JSONObject([
                .init("type", .string("\(family).\(kind)")), .init("b64_json", .string(Base64.text(picture.png))),
                .init("created_at", .int(created)), .init("size", .string(size.text)),
                .init("quality", .string(quality)), .init("background", .string(background)),
                .init("output_format", "png"),
            ])
            for (name, value) in more { json[name] = value }
            return Event(name: "\(family).\(kind)", data: JSONValue.object(json).serialized(), kind: point)
        }
        var events = (0..<partialImages).map { index in
            var partial = picture
            partial.progress = Double(index + 1) / Double(partialImages + 1)
            return event("partial_image", partial, [("partial_image_index", .int(index))], at: .content(tokens: share))
        }
        var last: [(String, JSONValue)] = [("usage", tokens(isWhole: false))]
        if let safetyIdentifier { last.append(("safety_identifier", .string(safetyIdentifier))) }
        events.append(event("completed", picture, last, at: .finish))
        return events
    }

    // MARK: Usage

    /// The published number of tokens of a square image, for each quality. For other sizes, the number is in proportion to the pixels.
    ///
    /// Source: https://platform.openai.com/docs/guides/image-generation; `xhigh` and `max` are estimates.
    var outputTokens: Int {
        let square = ["low": 272, "medium": 1_056, "high": 4_160, "xhigh": 8_320, "max": 16_640][quality] ?? 0
        return count * max(1, square * size.pixels / ImageSize.square.pixels)
    }

    private var usage: Usage {
        var usage = Usage(input: promptTokens, output: outputTokens)
        usage.images = count
        return usage
    }

    /// - Parameter isWhole: false for an event, whose usage has no details of the output and only the tokens of its own
    ///   image.
    private func tokens(isWhole: Bool) -> JSONValue {
        let output = isWhole ? outputTokens : outputTokens / count
        let text = model.counter.count(prompt)
        var json = JSONObject([
            .init("input_tokens", .int(promptTokens)),
            .init("input_tokens_details", ["image_tokens": .int(promptTokens - text), "text_tokens": .int(text)]),
            .init("output_tokens", .int(output)),
            .init("total_tokens", .int(promptTokens + output)),
        ])
        if isWhole { json["output_tokens_details"] = ["image_tokens": .int(output), "text_tokens": 0] }
        return .object(json)
    }
}
