import Testing

@testable import SparringCLI

@Suite("Server URLs")
struct PlainHTTPTests {
    @Test(
        "A server URL is split into host and port",
        arguments: [
            ("http://127.0.0.1:8080/v1", "127.0.0.1", 8080), ("http://localhost", "localhost", 80),
            ("HTTP://h:1?x#y", "h", 1), ("http://[::1]:9000/s/a/v1", "::1", 9000), ("http://[::1]", "::1", 80),
        ])
    func read(url: String, host: String, port: Int) {
        let target = PlainHTTP(url: url)
        #expect(target?.host == host)
        #expect(target?.port == port)
    }

    @Test(
        "An invalid server URL is rejected",
        arguments: [
            "", "127.0.0.1:8080", "https://h", "http://", "http://:80", "http://h:", "http://h:0", "http://h:65536",
            "http://h:+1", "http://a b", "http://me@h", "http://h:1:2", "http://[::1", "http://[::1]9", "http://müller",
        ])
    func refused(url: String) { #expect(PlainHTTP(url: url) == nil, "\(url)") }
}
