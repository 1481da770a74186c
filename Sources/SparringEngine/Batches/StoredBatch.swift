import SparringAPI
import SparringJSON

/// A batch and its progress: everything that a server needs to continue it after a crash.
struct StoredBatch: Sendable {
    var object: BatchObject
    var plan: BatchPlan
    var input: StoredBytes
    /// The caller that created the batch and makes its calls.
    var caller: Caller
    /// The caller's key in its displayable form.
    var keyName: String?
    /// The session's validation mode when the batch was created.
    var validation: Validation
    /// The time when the batch entered its status, in Unix seconds of session time, and the number of polls since then.
    var since: Int
    var polls = 0
    /// Tokens that count against the batch queue; 0 if no limit applies.
    var enqueued = 0
    /// Number of finished lines, and the offset of the next line.
    var done = 0
    var offset = 0
    /// The committed results; nil before the first.
    var output: StoredBytes.Run?
    var errors: StoredBytes.Run?

    init(
        _ object: BatchObject, plan: BatchPlan, input: StoredBytes, caller: Caller, validation: Validation
    ) {
        self.object = object
        self.plan = plan
        self.input = input
        self.caller = caller
        self.validation = validation
        since = object.created
    }

    init?(_ record: ObjectRecord) {
        guard let json = try? JSONValue.parse(record.json), let object = json["batch"].flatMap(BatchObject.init) else {
            return nil
        }
        var caller = Caller()
        caller.organization = json["organization"]?.string ?? caller.organization
        caller.project = json["project"]?.string ?? caller.project
        self.init(
            object, plan: BatchPlan(json["plan"]), input: StoredBytes(json["input"]), caller: caller,
            validation: json["validation"]?.string.flatMap(Validation.init) ?? .strict)
        keyName = json["key"]?.string
        self.object.outputLifetime = json["lifetime"]?.int
        since = json["since"]?.int ?? since
        polls = json["polls"]?.int ?? 0
        enqueued = json["enqueued"]?.int ?? 0
        done = json["done"]?.int ?? 0
        offset = json["offset"]?.int ?? 0
        output = StoredBytes(json["output"]).runs.first
        errors = StoredBytes(json["errors"]).runs.first
    }

    /// The tag of batches that have not ended.
    static let running = "running"

    /// The record contains only the name of the key, so no secret is stored.
    func record(in session: String, revision: Int = 0) -> ObjectRecord {
        let json: JSONValue = [
            "batch": object.json, "lifetime": object.outputLifetime.map { .int($0) } ?? .null, "plan": plan.json,
            "input": input.json, "organization": .string(caller.organization), "project": .string(caller.project),
            "key": .string(orNull: keyName), "validation": .string(validation.rawValue), "since": .int(since),
            "polls": .int(polls),
            "enqueued": .int(enqueued), "done": .int(done), "offset": .int(offset),
            "output": StoredBytes(output.map { [$0] } ?? []).json,
            "errors": StoredBytes(errors.map { [$0] } ?? []).json,
        ]
        return ObjectRecord(
            key: ObjectKey(session: session, kind: .batch, id: object.id),
            tag: object.status.isFinal ? "ended" : Self.running, json: json.serialized(), revision: revision)
    }

    /// - Parameter unixTime: the moment of the change.
    mutating func reach(_ status: BatchObject.Status, at unixTime: Int) {
        object.reach(status, at: unixTime)
        since = unixTime
        polls = 0
    }

    /// The time when this status ends according to the plan; nil if it is not known yet.
    func end(now: Int) -> Int? {
        switch plan[object.status] {
        // If the plan sets times, the work itself takes no time.
        case .work: plan.isTimed ? since : now
        case .seconds(let count): since + count <= now ? since + count : nil
        case .polls(let count): polls >= count ? now : nil
        case .stuck: nil
        }
    }

    /// Number of lines that should be finished by now.
    func due(now: Int) -> Int {
        let last = plan.expiresAfter.map { Int(Double(object.total) * $0) } ?? object.total
        switch plan[.inProgress] {
        case .work: return last
        case .seconds(let count): return min(last, count == 0 ? last : object.total * min(now - since, count) / count)
        case .polls(let count): return min(last, count == 0 ? last : object.total * min(polls, count) / count)
        case .stuck: return 0
        }
    }
}

/// Reads lines of stored bytes from an offset. Skips blank lines.
struct LineReader {
    private var bytes: ByteReader
    private var held: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Offset of the next line in the content.
    private(set) var offset: Int
    /// Number of the last line read, from 1; correct only if reading began at the start.
    private(set) var number = 0

    init(_ content: StoredBytes, from offset: Int = 0, in store: any ObjectStore) {
        bytes = ByteReader(content, from: offset, in: store)
        self.offset = offset
    }

    mutating func next() throws(StoreProblem) -> [UInt8]? {
        while let line = try line() {
            number += 1
            if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { return line }
        }
        return nil
    }

    private mutating func line() throws(StoreProblem) -> [UInt8]? {
        var searched = position
        while true {
            if let end = held[searched...].firstIndex(of: 0x0A) {
                defer { position = end + 1 }
                offset += end + 1 - position
                return Array(held[position..<end])
            }
            guard !isAtEnd else {
                guard position < held.count else { return nil }
                defer { position = held.count }
                offset += held.count - position
                return Array(held[position...])
            }
            held.removeFirst(position)
            position = 0
            searched = held.count
            let more = try bytes.next()
            isAtEnd = more.isEmpty
            held += more
        }
    }
}
