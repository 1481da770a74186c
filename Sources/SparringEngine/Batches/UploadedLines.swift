import SparringAPI
import SparringJSON
import SparringWire

/// The lines of the session's newest file, so that a raw answer can repeat the ids that the client chose.
struct UploadedLines {
    private let lines: [JSONValue]

    /// - Parameter unixTime: the session's time.
    init(of session: Session, unixTime: Int) {
        lines = (try? Self.read(session, unixTime: unixTime)) ?? []
    }

    private static func read(_ session: Session, unixTime: Int) throws -> [JSONValue] {
        let newest = try ListQuery(QueryItems(target: "/?limit=1"), order: .descending)
        let page = try session.store.page(session.name, .file, tag: nil, unixTime: unixTime, newest)
        guard let file = page.elements.first.flatMap({ StoredFile($0.value) }) else { return [] }
        var reader = LineReader(file.content, in: session.store)
        var lines: [JSONValue] = []
        while let line = try reader.next() { lines.append((try? JSONValue.parse(line)) ?? .null) }
        return lines
    }

    /// The body with `{{custom_id.1}}` replaced by the id of the line that has the first of the prompts, and so on.
    func fill(_ body: [UInt8], _ prompts: [String]) -> [UInt8] {
        var text = String(decoding: body, as: UTF8.self)
        for (index, prompt) in prompts.enumerated() {
            // The marker is inside a JSON string, so the id needs no quotes.
            let id = JSONValue.string(customID(of: prompt, at: index)).text().dropFirst().dropLast()
            text = text.replacing("{{custom_id.\(index + 1)}}", with: id)
        }
        return Array(text.utf8)
    }

    /// The id of the line for a prompt. A client may reorder its lines and wrap the prompt in other text. Therefore the
    /// line with exactly this prompt is taken; else the only line with a text that contains it; else the line at the
    /// same position.
    private func customID(of prompt: String, at index: Int) -> String {
        let whole = lines.first { $0["body"]?.contains { $0 == prompt } ?? false }
        let partly = lines.filter { $0["body"]?.contains { $0.contains(prompt) } ?? false }
        let line = whole ?? (partly.count == 1 ? partly.first : nil) ?? lines.dropFirst(index).first
        return line?["custom_id"]?.string ?? "line-\(index + 1)"
    }
}

extension JSONValue {
    /// Whether any string in the value, at any depth, satisfies the condition.
    fileprivate func contains(_ isWanted: (String) -> Bool) -> Bool {
        if let string { return isWanted(string) }
        if let array { return array.contains { $0.contains(isWanted) } }
        return object?.members.contains { $0.value.contains(isWanted) } ?? false
    }
}
