import Testing

@testable import SparringEngine

@Suite("Entries of sessions that wait to become rows")
struct RecentEntriesTests {
    @Test("An entry replaces the older one of its key, and all become rows when there are too many")
    func rows() {
        var recent = RecentEntries()
        #expect(recent.add([SessionEntry(.attempts, 1, 1), SessionEntry(.prefixes, 1, 9)], cleared: []).isEmpty)
        #expect(recent.add([SessionEntry(.attempts, 1, 2)], cleared: []).isEmpty)
        #expect(recent.entries == [SessionEntry(.attempts, 1, 2), SessionEntry(.prefixes, 1, 9)])
        let many = (10..<10 + UInt64(RecentEntries.most)).map { SessionEntry(.attempts, $0, 1) }
        #expect(recent.add(many, cleared: []).count == RecentEntries.most + 2)
        #expect(recent.entries.isEmpty)
    }

    @Test("Entries of a table that was emptied are forgotten, and those that were set later are not")
    func cleared() {
        var recent = RecentEntries()
        _ = recent.add([SessionEntry(.attempts, 1, 1), SessionEntry(.prefixes, 2, 9)], cleared: [])
        _ = recent.add([SessionEntry(.attempts, 3, 1)], cleared: [.attempts])
        #expect(recent.entries == [SessionEntry(.prefixes, 2, 9), SessionEntry(.attempts, 3, 1)])
    }

    @Test("Entries that are read from their JSON are the same, with keys of 64 bits")
    func json() {
        var recent = RecentEntries()
        _ = recent.add([SessionEntry(.attempts, .max, 1), SessionEntry(.prefixes, 0, .max)], cleared: [])
        #expect(RecentEntries(recent.json) == recent)
        #expect(RecentEntries(nil).entries.isEmpty)
    }
}
