import Testing

@testable import SparringDriver

@Suite("The cleanup list of a killed Sparring")
struct CleanupListTests {
    private static let items: [CleanupList.Item] = [
        .mark("abc-1"), .group(4711), .path("/tmp/sparring-x"), .path("/tmp/with a space"),
    ]

    private func list(_ lines: [String]) -> CleanupList {
        var list = CleanupList()
        for line in lines { list.apply(line[...]) }
        return list
    }

    @Test("An item is on the list from the line that adds it to the line that removes it", arguments: items)
    func round(item: CleanupList.Item) {
        let added = CleanupList.line(item, isGone: false)
        #expect(list([added]).items == [item])
        #expect(list([added, added, CleanupList.line(item, isGone: true)]).items.isEmpty)
    }

    @Test(
        "A line that is cut or damaged changes nothing",
        arguments: [
            "", "+", "+mark", "+group", "+group 12x", "+group 1", "+group 0", "+group -5", "+path",
            "+path relative/file",
            "group 12", "+other 12", "-path /not/there",
        ])
    func damaged(line: String) {
        let kept = CleanupList.line(.mark("kept"), isGone: false)
        #expect(list([kept, line]).items == [.mark("kept")])
    }
}
