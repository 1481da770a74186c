import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Image requests")
struct ImageRequestTests {
    private static func check(
        _ members: String, _ task: ImageRequest.Task = .generate
    ) throws -> Result<ImageRequest, APIError> {
        let body = try JSONValue.parse("{\(members)}")
        do throws(APIError) {
            return .success(try ImageRequest.check(body, task: task, models: .builtIn))
        } catch {
            return .failure(error)
        }
    }

    @Test(
        "A wrong parameter of an image request gets the API's error",
        arguments: [
            (#""model":"gpt-image-2""#, "prompt", "Missing required parameter: 'prompt'."),
            (
                #""prompt":"x","size":"1x1""#, "size",
                "Invalid size '1x1'. Width and height must both be divisible by 16."
            ),
            (
                #""prompt":"x","size":"9:16""#, "size",
                "Invalid size '9:16'. Expected WIDTHxHEIGHT, for example '1824x1024'."
            ),
            (
                #""prompt":"x","size":"256x256""#, "size",
                "Invalid size '256x256'. Requested resolution is below the current minimum pixel budget."
            ),
            (
                #""prompt":"x","size":"4096x2048""#, "size",
                "Invalid size '4096x2048'. The longest edge must be less than or equal to 3840."
            ),
            (
                #""prompt":"x","size":"1x1","model":"gpt-image-1.5""#, "size",
                "Invalid value: '1x1'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'."
            ),
            (
                #""prompt":"x","n":0"#, "n",
                "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead."
            ),
            (
                #""prompt":"x","n":11"#, "n",
                "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead."
            ),
            (#""prompt":"x","response_format":"url""#, "response_format", "Unknown parameter: 'response_format'."),
            (#""prompt":"x","style":"vivid""#, "style", "Unknown parameter: 'style'."),
            (#""prompt":"x","sice":"1""#, "sice", "Unknown parameter: 'sice'. Did you mean 'size'?"),
            (
                #""prompt":"x","partial_images":4"#, "partial_images",
                "Invalid 'partial_images': integer above maximum value. Expected a value <= 3, but got 4 instead."
            ),
        ])
    func refusals(members: String, param: String, message: String) throws {
        guard case .failure(let error) = try Self.check(members) else {
            Issue.record("the request was accepted")
            return
        }
        #expect((error.status, error.param, error.message) == (400, param, message))
    }

    @Test(
        "An image request accepts the sizes of its model",
        arguments: [
            ("gpt-image-2", "1536x864", 1536, 864), ("gpt-image-2.5-flare", "3840x2160", 3840, 2160),
            ("gpt-image-2", "auto", 1024, 1024), ("gpt-image-1.5", "1024x1536", 1024, 1536),
        ])
    func sizes(model: String, size: String, width: Int, height: Int) throws {
        let request = try Self.check(#""prompt":"x","model":"\#(model)","size":"\#(size)""#).get()
        #expect(request.size == ImageSize(width: width, height: height))
    }

    @Test("The answer has the requested number of images, with the usage of their size and quality")
    func answer() throws {
        let request = try Self.check(#""prompt":"a boat","n":2,"quality":"low","size":"1024x1024""#).get()
        var ids = IDMint(seed: 1)
        let answer = request.answer(context: AnswerInput(created: 5), ids: &ids)
        guard case .whole(let bytes) = answer.body else {
            Issue.record("not whole")
            return
        }
        let json = try JSONValue.parse(bytes)
        let images = try #require(json["data"]?.array?.compactMap { $0["b64_json"]?.string })
        #expect(images.count == 2 && images[0] != images[1])
        let png = try DecodedPNG(try #require(Base64.decode(images[0][...])))
        #expect((png.width, png.height) == (1024, 1024))
        #expect(json["usage"]?["output_tokens"]?.int == 544)
        #expect(answer.usage?.output == 544)
    }

    @Test("A stream has the partial images and ends with the completed one, without [DONE]", arguments: [0, 1, 3])
    func stream(partial: Int) throws {
        let request = try Self.check(#""prompt":"a boat","stream":true,"partial_images":\#(partial)"#).get()
        var ids = IDMint(seed: 1)
        guard case .events(let events) = request.answer(context: AnswerInput(created: 5), ids: &ids).body else {
            Issue.record("no events")
            return
        }
        let types = try events.map { try JSONValue.parse($0.data)["type"]?.string ?? "" }
        let expected = Array(repeating: "image_generation.partial_image", count: partial)
        #expect(types == expected + ["image_generation.completed"])
        #expect(events.map(\.name) == types)
        #expect(try JSONValue.parse(events.last?.data ?? [])["usage"]?["output_tokens"]?.int == 1_056)
    }

    @Test("A variation without a model is made by the only model that has made variations")
    func variation() throws {
        let request = try Self.check(#""image":{"filename":"a.png","bytes":3},"response_format":"b64_json""#, .vary)
            .get()
        #expect((request.model.id, request.givesAddress) == ("dall-e-2", false))
    }

    @Test("An edit reads the fields of a form, whose numbers are texts")
    func edit() throws {
        let request = try Self.check(
            #""prompt":"x","image":[{"filename":"a.png","bytes":3}],"markup":{"filename":"b.png","bytes":3},"n":"2","stream":"false""#,
            .edit
        ).get()
        #expect((request.count, request.sentImages, request.digest.isStream) == (2, 1, false))
        guard case .failure(let error) = try Self.check(#""prompt":"x""#, .edit) else {
            Issue.record("accepted without an image")
            return
        }
        #expect(error.param == "image")
    }
}
