#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Conveniences that need Foundation: addresses as `URL`, bodies through `Codable`.
extension MockServer {
    /// The base URL of the default session, for clients that take a `URL`.
    public var url: URL { defaultSession.url }
}

extension MockServer.Session {
    /// The base URL of the session, for clients that take a `URL`.
    public var url: URL {
        // The URL is made from bytes, because `URL(string:)` may need ICU tables, which the packed program does not have.
        guard let url = URL(dataRepresentation: Data(baseURL.utf8), relativeTo: nil) else {
            preconditionFailure("the server listens on '\(server.host)', which is not valid in a URL")
        }
        return url
    }
}

extension RecordedCall {
    /// Decodes the body of the request from JSON.
    ///
    /// - Throws: `DecodingError` if the body is not such a value.
    public func decodeBody<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

extension MockJSON {
    /// Encodes a value of your own as JSON, for answers and for arguments of tool calls.
    ///
    /// - Throws: `EncodingError` if JSON cannot express the value, such as an infinite number.
    public init(encoding value: some Encodable) throws {
        try self.init(parsing: Array(JSONEncoder().encode(value)))
    }
}
