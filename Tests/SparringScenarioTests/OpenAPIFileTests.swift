import SparringAPI
import Testing

@testable import SparringScenario

@Suite("OpenAPI files")
struct OpenAPIFileTests {
    @Test(
        "An OpenAPI document is read from YAML or JSON",
        arguments: [
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      operationId: a\n      responses: { '200': {} }\n",
            #" {"openapi":"3.0.3","paths":{"/a":{"get":{"operationId":"a","responses":{"200":{}}}}}}"#,
        ])
    func reads(text: String) throws {
        #expect(try OpenAPIFile.read(text, file: "api").get().operations.map(\.path) == ["/v1/a"])
    }

    @Test(
        "A file that is not an OpenAPI document is rejected with a place",
        arguments: ["", "{", "a: b", "swagger: '2.0'"])
    func refuses(text: String) {
        guard case .failure(let mistakes) = OpenAPIFile.read(text, file: "api") else {
            Issue.record("the document was accepted")
            return
        }
        #expect(mistakes.diagnostics.first?.description.hasPrefix("api:") == true)
    }
}
