import Foundation
import Sparring
import SparringTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

// Everything between the marks below is in docs/swift.md, word by word: what is shown there is what runs here.

/// A client as MacPaw's OpenAI and others are configured: in parts.
struct ChatClient {
    var token: String
    var scheme: String
    var host: String
    var port: Int
    var basePath: String

    func chat(_ text: String) async throws -> String {
        var url = URLComponents()
        (url.scheme, url.host, url.port, url.path) = (scheme, host, port, basePath + "/chat/completions")
        var request = URLRequest(url: try #require(url.url))
        request.httpMethod = "POST"
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { return try await chat(text) }
        struct Answer: Decodable {
            struct Choice: Decodable { var message: Message }
            struct Message: Decodable { var content: String }
            var choices: [Choice]
        }
        return try JSONDecoder().decode(Answer.self, from: data).choices[0].message.content
    }
}

@Suite("A weather assistant", .timeLimit(.minutes(5)))
struct WeatherTests {
    func client() throws -> ChatClient {
        let server = try MockServer.current
        return ChatClient(
            token: server.apiKey, scheme: server.scheme, host: server.host, port: server.port, basePath: server.path)
    }

    @Test("The assistant retries after two rate limits", .sparring("two-rate-limits"))
    func retries() async throws {
        let answer = try await client().chat("hi")
        #expect(answer == "Third time lucky.")
        #expect(try MockServer.current.calls.map(\.status) == [429, 429, 200])
    }

    @Test("The assistant asks for the weather", .sparring(Scenario(steps: [.text("Sunny.")])))
    func weather() async throws {
        let answer = try await client().chat("What is the weather in Rome?")
        #expect(answer == "Sunny.")
        let body = try #require(try MockServer.current.calls.first?.body)
        #expect(String(decoding: body, as: UTF8.self).contains("Rome"))
    }
}
