import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Image operations")
struct ImageOperationTests {
    private static func form(_ fields: [(String, String)], image: String = "PNG") -> String {
        fields.map { name, value in
            "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }.joined()
            + "--XX\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n\(image)\r\n--XX--"
    }

    private static let formHeaders: HeaderFields = ["content-type": "multipart/form-data; boundary=XX"]

    @Test("Image generation answers with an image, and edits and variations with the requested number of images")
    func operations() {
        let server = ObjectServer()
        let made = server.send("POST", "/images/generations", #"{"prompt":"a boat"}"#)
        #expect(made.json["data"]?[0]?["b64_json"]?.string?.hasPrefix("iVBOR") == true)
        let edit = server.send(
            "POST", "/images/edits", Self.form([("prompt", "bluer"), ("n", "2")]), headers: Self.formHeaders)
        #expect(edit.json["data"]?.array?.count == 2)
        let variation = server.send(
            "POST", "/images/variations", Self.form([("model", "dall-e-2")]), headers: Self.formHeaders)
        #expect(variation.status == 200)
        #expect(variation.json["data"]?[0]?["url"]?.string?.contains("/v1/images/sparring.png?size=1024x1024") == true)
    }

    @Test("The address of an image returns the image without a key, and an address without a size gets 404")
    func address() {
        let server = ObjectServer()
        let image = server.send(
            "GET", "/images/sparring.png?size=16x16&seed=3&prompt=x", headers: ["authorization": ""])
        #expect(image.status == 200)
        #expect(server.send("GET", "/images/sparring.png").status == 404)
        #expect(server.send("POST", "/images/sparring.png?size=16x16").status == 405)
    }

    @Test(
        "The address of an image has the host of the request, and the scheme of its connection",
        arguments: [(false, "http://mock.test:81/v1/images/"), (true, "https://mock.test:81/v1/images/")])
    func origin(isSecure: Bool, start: String) {
        let body = #"{"model":"dall-e-2","prompt":"x","response_format":"url"}"#
        var request = Request(
            method: "POST", target: "/v1/images/generations",
            headers: ["authorization": "Bearer x", "host": "mock.test:81"], body: Array(body.utf8))
        request.isSecure = isSecure
        let engine = Engine(scenario: .auto, models: .lenient, wallClock: { 1_795_232_605 })
        let planned = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        let text = String(decoding: planned.script.bytes, as: UTF8.self)
        #expect(text.contains("\"url\": \"\(start)"), "\(text)")
    }

    @Test("Rules, errors and limits of a scenario apply to images")
    func scripted() {
        let rule = Rule(
            condition: .field(.endpoint, .equals("images.generate")),
            steps: [Step(.error(ErrorAnswer(name: "rate_limit_exceeded"))), Step(.auto)], then: .last)
        let server = ObjectServer(Scenario(name: "s", rules: [rule], otherwise: .auto))
        #expect(server.send("POST", "/images/generations", #"{"prompt":"a boat"}"#).status == 429)
        #expect(server.send("POST", "/images/generations", #"{"prompt":"a boat"}"#).status == 200)
    }

    @Test("The file of an edit is not stored")
    func nothingKept() {
        let server = ObjectServer(store: MemoryStore(limit: 20))
        for _ in 0..<3 {
            let edit = server.send(
                "POST", "/images/edits", Self.form([("prompt", "x")], image: "0123456789"), headers: Self.formHeaders)
            #expect(edit.status == 200)
        }
    }
}
