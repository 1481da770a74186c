import Foundation
import Sparring
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A client without retries that returns answers exactly as they are on the wire.
enum TestClient {
    struct Reply: Sendable {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var json: MockJSON? { try? MockJSON(parsing: body) }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// The text of the model in a chat answer.
        var content: String? { json?["choices"]?[0]?["message"]?["content"]?.string }
        /// The code of an error.
        var code: String? { json?["error"]?["code"]?.string }
    }

    /// A chat request with one user message; `more` has further members of the body.
    static func chat(
        _ base: String, _ text: String = "hi", model: String = "gpt-4o-mini", more: String = "",
        headers: [String: String] = [:]
    ) async throws -> Reply {
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(text)"}]\#(more)}"#
        return try await post(base + "/chat/completions", body, headers: headers)
    }

    static func post(_ url: String, _ body: String, headers: [String: String] = [:]) async throws -> Reply {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        request.timeoutInterval = 600
        request.setValue("Bearer sk-any", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        request.httpBody = Data(body.utf8)
        return try await send(request)
    }

    static func get(_ url: String, headers: [String: String] = [:]) async throws -> Reply {
        var request = URLRequest(url: try #require(URL(string: url)))
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        return try await send(request)
    }

    private static func send(_ request: URLRequest) async throws -> Reply {
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = try #require(response as? HTTPURLResponse)
        let headers = answer.allHeaderFields.reduce(into: [String: String]()) { fields, field in
            fields["\(field.key)".lowercased()] = "\(field.value)"
        }
        return Reply(status: answer.statusCode, headers: headers, body: Array(data))
    }
}
