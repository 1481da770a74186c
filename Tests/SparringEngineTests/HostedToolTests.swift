import SparringAPI
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Built-in tools of the API")
struct HostedToolTests {
    private static func ask(_ members: String, on server: ObjectServer = ObjectServer()) -> JSONValue {
        server.respond("\"input\":\"where is the boat?\",\(members)", model: "gpt-5.4").json
    }

    private static func types(_ answer: JSONValue) -> [String] {
        answer["output"]?.array?.compactMap { $0["type"]?.string }.filter { $0 != "reasoning" } ?? []
    }

    @Test(
        "A bare server calls the tool that the request requires",
        arguments: [
            (#"{"type":"web_search"}"#, ["web_search_call", "message"]),
            (#"{"type":"file_search","vector_store_ids":["vs_none"]}"#, ["file_search_call", "message"]),
            (#"{"type":"code_interpreter","container":{"type":"auto"}}"#, ["code_interpreter_call", "message"]),
            (#"{"type":"image_generation"}"#, ["image_generation_call"]),
            (
                #"{"type":"mcp","server_label":"a","server_url":"https://example.com","require_approval":"never"}"#,
                ["mcp_list_tools", "mcp_call", "message"]
            ),
            (
                #"{"type":"mcp","server_label":"a","server_url":"https://example.com"}"#,
                ["mcp_list_tools", "mcp_approval_request"]
            ),
            (#"{"type":"shell"}"#, ["shell_call"]), (#"{"type":"local_shell"}"#, ["local_shell_call"]),
            (#"{"type":"computer"}"#, ["computer_call"]), (#"{"type":"custom","name":"c"}"#, ["custom_tool_call"]),
        ])
    func required(tool: String, types: [String]) {
        #expect(Self.types(Self.ask(#""tools":[\#(tool)],"tool_choice":"required""#)) == types)
    }

    @Test("A tool is called if the choice names its type or allows only this tool, but not if the choice is automatic")
    func choices() {
        let tools = #""tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"web_search"}]"#
        let named = Self.ask(tools + #","tool_choice":{"type":"web_search"}"#)
        #expect(Self.types(named) == ["web_search_call", "message"])
        let allowed = Self.ask(
            tools + #","tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}"#)
        #expect(Self.types(allowed) == ["web_search_call", "message"])
        #expect(Self.types(Self.ask(tools)) == ["message"])
        #expect(Self.types(Self.ask(tools + #","tool_choice":"required""#)) == ["function_call"])
    }

    @Test("A file search finds the files of the session's vector stores and cites the best one")
    func fileSearch() throws {
        let server = ObjectServer()
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"boats.txt\"\r\n\r\n"
            + "The boat is in the harbour.\r\n--XX--"
        let file =
            server.send(
                "POST", "/files", form, headers: ["content-type": "multipart/form-data; boundary=XX"]
            ).json["id"]?.string ?? ""
        let store = server.send("POST", "/vector_stores", "{\"file_ids\":[\"\(file)\"]}").json["id"]?.string ?? ""
        server.advance(.seconds(1))
        let answer = Self.ask(
            "\"tools\":[{\"type\":\"file_search\",\"vector_store_ids\":[\"\(store)\"]}],\"tool_choice\":\"required\","
                + "\"include\":[\"file_search_call.results\"]", on: server)
        #expect(answer["output"]?[0]?["results"]?[0]?["file_id"]?.string == file)
        let text = answer["output"]?[1]?["content"]?[0]
        #expect(text?["text"]?.string?.contains("The boat is in the harbour.") == true)
        #expect(text?["annotations"]?[0]?["filename"] == "boats.txt")
    }
}
