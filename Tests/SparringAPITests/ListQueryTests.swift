import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("List queries")
struct ListQueryTests {
    @Test("A list query is read from the URL, and missing members have the operation's defaults")
    func reads() throws {
        let whole = try ListQuery(QueryItems(target: "/v1/x?limit=3&after=a&before=b&order=asc"), order: .descending)
        #expect((whole.limit, whole.after, whole.before, whole.order) == (3, "a", "b", .ascending))
        let bare = try ListQuery(QueryItems(target: "/v1/x"), standard: 7, order: .descending)
        #expect((bare.limit, bare.after, bare.before, bare.order) == (7, nil, nil, .descending))
    }

    @Test(
        "An invalid list query is rejected with the name of the parameter",
        arguments: [
            ("limit=0", "limit", "integer_below_min_value"), ("limit=101", "limit", "integer_above_max_value"),
            ("limit=many", "limit", "invalid_type"), ("order=up", "order", "invalid_value"),
        ])
    func refuses(query: String, param: String, code: String) {
        let error = #expect(throws: APIError.self) {
            try ListQuery(QueryItems(target: "/v1/x?\(query)"), order: .ascending)
        }
        #expect(error?.param == param)
        #expect(error?.code == code)
        #expect(error?.status == 400)
    }

    @Test("A list page is a list object, with null ids when it is empty")
    func page() {
        func written(_ page: ListPage<String>) -> String {
            var writer = JSONWriter()
            page.write(to: &writer) { $1.raw("\"\($0)\"") }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(
            written(ListPage(elements: [("1", "one"), ("2", "two")], hasMore: true))
                == #"{"object":"list","data":["one","two"],"first_id":"1","last_id":"2","has_more":true}"#)
        #expect(
            written(ListPage(elements: [], hasMore: false))
                == #"{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}"#)
    }
}
