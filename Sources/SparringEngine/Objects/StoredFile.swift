import SparringAPI
import SparringJSON

/// A file and the place of its bytes.
struct StoredFile: Sendable, Hashable {
    var object: FileObject
    var content: StoredBytes

    func record(in session: String, revision: Int = 0) -> ObjectRecord {
        ObjectRecord(
            key: ObjectKey(session: session, kind: .file, id: object.id), tag: object.purpose, endsAt: object.expires,
            json: (["file": object.json, "content": content.json] as JSONValue).serialized(), revision: revision)
    }

    init(_ object: FileObject, _ content: StoredBytes) {
        self.object = object
        self.content = content
    }

    init?(_ record: ObjectRecord) {
        guard let json = try? JSONValue.parse(record.json), let object = json["file"].flatMap(FileObject.init) else {
            return nil
        }
        self.init(object, StoredBytes(json["content"]))
    }
}

/// Bytes in the store, in consecutive runs: a file that was uploaded in parts has one run for each part, in order.
struct StoredBytes: Sendable, Hashable {
    struct Run: Sendable, Hashable {
        var blob: BlobID
        var count: Int
    }

    private(set) var runs: [Run]

    init(_ runs: [Run] = []) { self.runs = runs }

    init(_ places: [(place: Int64, count: Int)]) {
        runs = places.map { Run(blob: BlobID(number: $0.place), count: $0.count) }
    }

    init(_ file: Form.File) { runs = [Run(blob: file.blob, count: file.bytes)] }

    /// Parses what `json` returns.
    init(_ json: JSONValue?) {
        runs = (json?.array ?? []).compactMap { run in
            guard let blob = run[0]?.int, let count = run[1]?.int else { return nil }
            return Run(blob: BlobID(number: Int64(blob)), count: count)
        }
    }

    var json: JSONValue { .array(runs.map { [.int(Int($0.blob.number)), .int($0.count)] }) }

    var count: Int { runs.reduce(0) { $0 + $1.count } }

    mutating func append(_ more: StoredBytes) { runs += more.runs }

    /// The changes that delete the bytes.
    var drops: [ObjectChange] { runs.map { .drop($0.blob) } }
}

/// Reads stored bytes from the beginning, one contiguous piece at a time.
struct ByteReader: Sendable {
    private let content: StoredBytes
    private let store: any ObjectStore
    private var run = 0
    private var offset = 0

    init(_ content: StoredBytes, from offset: Int = 0, in store: any ObjectStore) {
        self.content = content
        self.store = store
        self.offset = offset
        while run < content.runs.count, self.offset >= content.runs[run].count {
            self.offset -= content.runs[run].count
            run += 1
        }
    }

    /// Returns no bytes at the end.
    mutating func next(_ count: Int = 256 * 1024) throws(StoreProblem) -> [UInt8] {
        while run < content.runs.count {
            let current = content.runs[run]
            if offset < current.count {
                let bytes = try store.read(current.blob, from: offset, count: min(count, current.count - offset))
                guard !bytes.isEmpty else { throw StoreProblem("bytes of a file are missing") }
                offset += bytes.count
                return bytes
            }
            run += 1
            offset = 0
        }
        return []
    }

    mutating func rest() throws(StoreProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let next = try next()
            guard !next.isEmpty else { return bytes }
            bytes += next
        }
    }
}
