#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What needs Foundation: addresses as `URL`, bodies through `Codable`.
extension MockServer {
    /// The base URL of the default session, for clients that take a `URL`.
    public var url: URL { defaultSession.url }
}

extension MockServer.Session {
    /// The base URL of the session, for clients that take a `URL`.
    public var url: URL {
        // From bytes: `URL(string:)` may look into tables that a packed program leaves out.
        guard let url = URL(dataRepresentation: Data(baseURL.utf8), relativeTo: nil) else {
            preconditionFailure("the server listens on '\(server.host)', which no URL can name")
        }
        return url
    }
}

extension RecordedCall {
    /// The body of the request, decoded from JSON.
    ///
    /// - Throws: the `DecodingError` of a body that is not such a value.
    public func decodeBody<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

extension MockJSON {
    /// A value of your own as JSON, for answers and for arguments of tool calls.
    ///
    /// - Throws: the `EncodingError` of a value that JSON cannot hold, such as an infinite number.
    public init(encoding value: some Encodable) throws {
        try self.init(parsing: Array(JSONEncoder().encode(value)))
    }
}
