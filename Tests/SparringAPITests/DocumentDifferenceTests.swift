import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Differences of OpenAPI documents")
struct DocumentDifferenceTests {
    private static func document(_ paths: JSONValue, models: JSONValue = [:]) throws -> OpenAPIDocument {
        try OpenAPIDocument([
            "openapi": "3.1.0", "servers": [["url": "https://api.example.com/v1"]], "paths": paths,
            "x-models": models,
            "components": [
                "schemas": [
                    "Size": ["type": "string", "enum": ["small"]], "Large": ["type": "string", "enum": ["large"]],
                ]
            ],
        ])
    }

    private static func making(_ properties: JSONValue, required: JSONValue = []) -> JSONValue {
        [
            "post": [
                "operationId": "things.create",
                "requestBody": [
                    "content": [
                        "application/json": [
                            "schema": ["type": "object", "properties": properties, "required": required]
                        ]
                    ]
                ],
                "responses": ["200": [:]],
            ]
        ]
    }

    @Test("Equal documents have no difference, whatever the names of their schemas are")
    func none() throws {
        let a = try Self.document(["/things": Self.making(["size": ["$ref": "#/components/schemas/Size"]])])
        let b = try Self.document(["/things": Self.making(["size": ["type": "string", "enum": ["small"]]])])
        #expect(DocumentDifference(from: a, to: b).lines == [])
        #expect(DocumentDifference(from: .builtIn, to: .builtIn).lines == [])
    }

    @Test("Added and removed operations, members, choices and models have one line each, and a new object has only one")
    func some() throws {
        let a = try Self.document(
            [
                "/things": Self.making(["size": ["$ref": "#/components/schemas/Size"], "old": ["type": "string"]]),
                "/gone": ["get": ["operationId": "gone.list", "responses": ["200": [:]]]],
            ], models: ["ChatModel": ["m-1"]])
        let b = try Self.document(
            [
                "/things": Self.making(
                    [
                        "size": ["$ref": "#/components/schemas/Large"],
                        "new": ["type": "object", "properties": ["inner": ["type": "string"]]],
                    ], required: ["size"]),
                "/born": ["get": ["operationId": "born.list", "responses": ["200": [:]]]],
            ], models: ["ChatModel": ["m-2"]])
        #expect(
            DocumentDifference(from: a, to: b).lines == [
                "- GET /v1/gone (gone.list)", "+ GET /v1/born (born.list)",
                "+ things.create: body.new", "- things.create: body.old",
                "+ things.create: body.size can be \"large\"", "- things.create: body.size can be \"small\"",
                "+ things.create: body.size is required",
                "- model m-1 in ChatModel", "+ model m-2 in ChatModel",
            ])
    }
}
