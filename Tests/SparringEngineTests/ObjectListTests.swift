import SparringAPI
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Lists of stored objects")
struct ObjectListTests {
    static let list = make(1...5)

    static func make(_ numbers: ClosedRange<Int>, capacity: Int = 100) -> ObjectList<Int> {
        var list = ObjectList<Int>(capacity: capacity)
        for number in numbers { list["id\(number)"] = number }
        return list
    }

    @Test(
        "A list returns any page in either order",
        arguments: [
            ("", [1, 2, 3, 4, 5], false), ("limit=2", [1, 2], true), ("limit=5", [1, 2, 3, 4, 5], false),
            ("limit=2&after=id2", [3, 4], true), ("limit=2&after=id3", [4, 5], false), ("after=id5", [], false),
            ("order=desc&limit=2", [5, 4], true), ("order=desc&after=id4", [3, 2, 1], false),
            ("after=id1&before=id4", [2, 3], false), ("after=gone", [], false),
            ("before=gone", [1, 2, 3, 4, 5], false),
        ])
    func parts(query: String, values: [Int], hasMore: Bool) throws {
        let query = try ListQuery(QueryItems(target: "/x?" + query), order: .ascending)
        let page = Self.list.page(query)
        #expect(page.elements.map(\.value) == values)
        #expect(page.elements.map(\.id) == values.map { "id\($0)" })
        #expect(page.hasMore == hasMore)
    }

    @Test("A filtered page counts only matching objects toward its limit")
    func filter() throws {
        let page = Self.list.page(
            try ListQuery(QueryItems(target: "/x?limit=2"), order: .ascending), where: { $0 % 2 == 1 })
        #expect(page.elements.map(\.value) == [1, 3])
        #expect(page.hasMore)
    }

    @Test("A list keeps a changed object in place and removes a deleted one")
    func changes() throws {
        var list = Self.list
        list["id2"] = 20
        list["id3"] = nil
        list["id9"] = nil
        let page = list.page(try ListQuery(QueryItems(target: "/x"), order: .ascending))
        #expect(page.elements.map(\.value) == [1, 20, 4, 5])
        #expect((list.count, list["id3"], list.dropped) == (4, nil, 0))
    }

    @Test("A full list keeps the newest objects and counts the dropped ones")
    func capacity() {
        let list = Self.make(1...5, capacity: 3)
        #expect((1...5).map { list["id\($0)"] } == [nil, nil, 3, 4, 5])
        #expect(list.dropped == 2)
    }

    @Test("A list keeps evicting the oldest object after many insertions")
    func turnover() throws {
        let query = try ListQuery(QueryItems(target: "/x"), order: .ascending)
        for last in 4...20 {
            var list = Self.make(1...last, capacity: 3)
            #expect(list.page(query).elements.map(\.value) == [last - 2, last - 1, last])
            list["id\(last - 1)"] = nil
            #expect(list.page(query).elements.map(\.value) == [last - 2, last])
        }
    }
}
