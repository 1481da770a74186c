package import SparringJSON

/// A vector store. The store counts files in groups that are completed at the same time, so that reading the store does not read its files.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores/object
package struct VectorStoreObject: Sendable, Hashable {
    /// Files that were added by the same request.
    package struct Group: Sendable, Hashable {
        /// The id of the batch, or of the file.
        package var id: String
        /// When the group is completed, in Unix seconds; nil until that time is known.
        package var ends: Int?
        package var completed: Int
        package var failed: Int
        /// The bytes of the group's completed files.
        package var bytes: Int

        package init(id: String, ends: Int?, completed: Int, failed: Int, bytes: Int) {
            self.id = id
            self.ends = ends
            self.completed = completed
            self.failed = failed
            self.bytes = bytes
        }
    }

    package var id: String
    package var created: Int
    package var lastActive: Int
    package var name: String
    package var description: String?
    package var metadata: JSONValue
    /// The lifetime of the store in days after its last activity; nil for a store without expiry.
    package var lifetime: Int?
    private var counts = FileCounts()
    private var bytes = 0
    private var groups: [Group] = []

    package init(id: String, created: Int, fields: VectorStoreFields) {
        self.id = id
        self.created = created
        lastActive = created
        name = fields.name ?? ""
        description = fields.description
        metadata = fields.metadata ?? [:]
        lifetime = fields.lifetime ?? nil
    }

    package mutating func update(_ fields: VectorStoreFields) {
        name = fields.name ?? name
        metadata = fields.metadata ?? metadata
        if let change = fields.lifetime { lifetime = change }
    }

    // MARK: Reading

    package var expires: Int? { lifetime.map { lastActive + $0 * 86_400 } }

    package func hasExpired(at unixTime: Int) -> Bool { expires.map { $0 <= unixTime } ?? false }

    private func settled(at unixTime: Int) -> (counts: FileCounts, bytes: Int) {
        var (counts, bytes) = (counts, bytes)
        for group in groups {
            guard let ends = group.ends, ends <= unixTime else {
                counts.inProgress += group.completed + group.failed
                continue
            }
            counts.completed += group.completed
            counts.failed += group.failed
            bytes += group.bytes
        }
        return (counts, bytes)
    }

    package func json(at unixTime: Int) -> JSONValue {
        let (counts, bytes) = settled(at: unixTime)
        let status = hasExpired(at: unixTime) ? "expired" : counts.inProgress > 0 ? "in_progress" : "completed"
        return [
            "id": .string(id), "object": "vector_store", "created_at": .int(created), "name": .string(name),
            "description": .string(orNull: description), "usage_bytes": .int(bytes), "file_counts": counts.json,
            "status": .string(status),
            "expires_after": lifetime.map { ["anchor": "last_active_at", "days": .int($0)] } ?? .null,
            "expires_at": expires.map { .int($0) } ?? .null, "last_active_at": .int(lastActive), "metadata": metadata,
        ]
    }

    // MARK: Changing

    package mutating func add(_ group: Group, at unixTime: Int) {
        settle(at: unixTime)
        lastActive = unixTime
        groups.append(group)
    }

    /// Ends a group now, because it was polled often enough.
    package mutating func end(_ group: String, at unixTime: Int) {
        for index in groups.indices where groups[index].id == group { groups[index].ends = unixTime }
        settle(at: unixTime)
    }

    package mutating func cancel(_ group: String, at unixTime: Int) {
        settle(at: unixTime)
        for index in groups.indices.reversed() where groups[index].id == group {
            counts.cancelled += groups[index].completed + groups[index].failed
            groups.remove(at: index)
        }
    }

    /// Subtracts a removed file from the counts.
    package mutating func remove(_ file: VectorStoreFile, at unixTime: Int) {
        settle(at: unixTime)
        switch file.status(at: unixTime) {
        case .inProgress:
            guard let index = groups.firstIndex(where: { $0.id == file.group }) else { return }
            if file.failure == nil {
                groups[index].completed -= 1
                groups[index].bytes -= file.bytes
            } else {
                groups[index].failed -= 1
            }
        case .completed:
            counts.completed -= 1
            bytes -= file.bytes
        case .failed: counts.failed -= 1
        case .cancelled: counts.cancelled -= 1
        }
    }

    private mutating func settle(at unixTime: Int) {
        for group in groups where group.ends ?? .max <= unixTime {
            counts.completed += group.completed
            counts.failed += group.failed
            bytes += group.bytes
        }
        groups.removeAll { $0.ends ?? .max <= unixTime }
    }

    // MARK: Storing

    package var record: JSONValue {
        [
            "id": .string(id), "created": .int(created), "active": .int(lastActive), "name": .string(name),
            "description": .string(orNull: description), "metadata": metadata,
            "lifetime": lifetime.map { .int($0) } ?? .null, "counts": counts.json, "bytes": .int(bytes),
            "groups": .array(
                groups.map {
                    [
                        "id": .string($0.id), "ends": $0.ends.map { .int($0) } ?? .null,
                        "completed": .int($0.completed), "failed": .int($0.failed), "bytes": .int($0.bytes),
                    ]
                }),
        ]
    }

    /// Parses what `record` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let created = json["created"]?.int else { return nil }
        self.id = id
        self.created = created
        lastActive = json["active"]?.int ?? created
        name = json["name"]?.string ?? ""
        description = json["description"]?.string
        metadata = json["metadata"] ?? [:]
        lifetime = json["lifetime"]?.int
        counts = FileCounts(json["counts"])
        bytes = json["bytes"]?.int ?? 0
        groups = (json["groups"]?.array ?? []).compactMap { group in
            group["id"]?.string.map {
                Group(
                    id: $0, ends: group["ends"]?.int, completed: group["completed"]?.int ?? 0,
                    failed: group["failed"]?.int ?? 0, bytes: group["bytes"]?.int ?? 0)
            }
        }
    }
}
