import SparringJSON
package import SparringWire

extension ModerationsRequest {
    /// Returns a result for each input, in order.
    ///
    /// - Parameter verdicts: the script's results, one for each input; the last result applies to all further inputs. If this list is
    ///   empty, the list of words decides.
    package func answer(saying verdicts: [ModerationVerdict] = [], context: AnswerInput, ids: inout IDMint) -> Answer {
        // Recorded, 2023 to 2026: the endpoint reports no limits.
        let headers = StandardHeaders.fields(
            contentType: "application/json", context: context, ids: &ids, rateLimits: nil)
        let isOmni = model.kind == .moderation(readsImages: true)
        let categories = ModerationCategory.allCases.filter { isOmni || !$0.isNew }
        var writer = JSONWriter(style: .pretty, reserving: 256 + inputs.count * 2048)
        writer.object { writer in
            writer.member("id", isOmni ? ids.hex("modr-", count: 32) : ids.base62("modr-", count: 29))
            writer.member("model", model.snapshot)
            writer.member("results") { writer in
                writer.array { writer in
                    for (index, input) in inputs.enumerated() {
                        let scripted = verdicts.isEmpty ? nil : verdicts[min(index, verdicts.count - 1)]
                        let verdict = scripted ?? ModerationVerdict(reading: input.text)
                        writer.element { Self.write(verdict, of: input, categories, isOmni: isOmni, to: &$0) }
                    }
                }
            }
        }
        writer.raw("\n")
        return Answer(status: 200, headers: headers, body: .whole(writer.bytes)).using(Usage(input: promptTokens))
    }

    private static func write(
        _ verdict: ModerationVerdict, of input: Input, _ categories: [ModerationCategory], isOmni: Bool,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("flagged", verdict.isFlagged(of: categories))
            writer.member("categories") { writer in
                writer.object { writer in
                    for category in categories {
                        writer.member(named: category.rawValue, .bool(verdict.isFlagged(category)))
                    }
                }
            }
            writer.member("category_scores") { writer in
                writer.object { writer in
                    for category in categories {
                        let score = verdict.score(category, of: input.text)
                        writer.member(named: category.rawValue, .number(JSONNumber(score)))
                    }
                }
            }
            guard isOmni else { return }
            writer.member("category_applied_input_types") { writer in
                writer.object { writer in
                    for category in categories {
                        var types: [JSONValue] = input.hasText ? ["text"] : []
                        if input.hasImage, category.readsImages { types.append("image") }
                        writer.member(named: category.rawValue, .array(types))
                    }
                }
            }
        }
    }
}
