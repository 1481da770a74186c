import SparringAPI
import SparringJSON
import SparringWire

/// The lines of the file that a session was given last, so that a raw answer can repeat the ids that the client has chosen.
struct UploadedLines {
    private let lines: [JSONValue]

    /// - Parameter unixTime: of the session.
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
            // The marker is inside of a JSON string: its quotes are there already.
            let id = JSONValue.string(customID(of: prompt, at: index)).text().dropFirst().dropLast()
            text = text.replacing("{{custom_id.\(index + 1)}}", with: id)
        }
        return Array(text.utf8)
    }

    /// A client may order its lines as it likes and wrap the prompt: the line with the prompt itself is the one, else the
    /// only line with a longer text that contains it, else the line at the same place.
    private func customID(of prompt: String, at index: Int) -> String {
        let whole = lines.first { $0["body"]?.contains { $0 == prompt } ?? false }
        let partly = lines.filter { $0["body"]?.contains { $0.contains(prompt) } ?? false }
        let line = whole ?? (partly.count == 1 ? partly.first : nil) ?? lines.dropFirst(index).first
        return line?["custom_id"]?.string ?? "line-\(index + 1)"
    }
}

extension JSONValue {
    /// Whether a string in it, however deep, is as asked for.
    fileprivate func contains(_ isWanted: (String) -> Bool) -> Bool {
        if let string { return isWanted(string) }
        if let array { return array.contains { $0.contains(isWanted) } }
        return object?.members.contains { $0.value.contains(isWanted) } ?? false
    }
}
