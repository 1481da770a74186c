import Sparring
import Testing

@Suite("MockJSON")
struct MockJSONTests {
    @Test("MockJSON literals keep the order of members when they are written")
    func literals() {
        let value: MockJSON = ["b": 1, "a": [true, nil, 1.5, "x"]]
        #expect(value.description == #"{"b":1,"a":[true,null,1.5,"x"]}"#)
        #expect(String(decoding: value.bytes, as: UTF8.self) == value.description)
    }

    @Test("MockJSON values are equal even if the order of members and the spelling of numbers differ")
    func equality() throws {
        #expect(try MockJSON(parsing: #"{"b":1.0,"a":"x"}"#) == ["a": "x", "b": 1])
        #expect(try MockJSON(parsing: "[1,2]") != [2, 1])
    }

    @Test("MockJSON is read with subscripts, and a missing value is nil")
    func reading() throws {
        let value = try MockJSON(parsing: #"{"list":[{"n":3,"half":0.5,"yes":true,"none":null}]}"#)
        let item = try #require(value["list"]?[0])
        #expect(item["n"]?.int == 3 && item["half"]?.double == 0.5 && item["yes"]?.bool == true)
        #expect(item["none"]?.isNull == true)
        #expect(item.members?.map(\.name) == ["n", "half", "yes", "none"])
        #expect(value["list"]?[1] == nil && value["nothing"] == nil && value[0] == nil)
    }

    @Test("MockJSON throws an error with the place of a syntax error")
    func syntax() {
        let error = #expect(throws: MockJSON.SyntaxError.self) { try MockJSON(parsing: #"{"a":}"#) }
        #expect(error?.offset == 5)
    }

    @Test("MockJSON is made from variables and from Encodable values")
    func variables() throws {
        struct Weather: Encodable {
            var city: String
        }
        let city = "Rome"
        let value = MockJSON.object([
            (name: "city", value: .string(city)), (name: "days", value: .array([.int(1), .double(2), .bool(true)])),
        ])
        #expect(value == ["city": "Rome", "days": [1, 2, true]])
        #expect(MockJSON.double(.infinity).isNull)
        #expect(try MockJSON(encoding: Weather(city: city)) == ["city": "Rome"])
    }
}
