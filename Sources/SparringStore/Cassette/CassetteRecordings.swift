import GRDB
package import SparringCassette

/// The recordings of a cassette, read one at a time, so that a cassette may be larger than the memory.
package struct CassetteRecordings: Sendable {
    private let source: any RecordingSource
    package let count: Int

    package init(_ place: CassetteLocation) throws(JournalError) {
        if place.isFolder {
            let cassette = try place.read()
            (source, count) = (CassetteInMemory(cassette.exchanges), cassette.exchanges.count)
        } else {
            let (queue, ids) = try CassetteReader.open(place.path) {
                try Int64.fetchAll($0, sql: "SELECT id FROM exchanges ORDER BY id")
            }
            (source, count) = (DatabaseRecordingSource(queue: queue, ids: ids), ids.count)
        }
    }

    /// - Parameter position: the position in the cassette, from 0.
    package func exchange(at position: Int) throws -> RecordedExchange {
        try source.exchange(at: position)
    }
}
