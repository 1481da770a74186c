import Testing

@testable import SparringWire

@Suite("Agreeing on the compression of a WebSocket")
struct SocketCompressionTests {
    private static func field(_ offers: String...) -> String? {
        SocketCompression.agreed(HeaderFields(offers.map { .init("Sec-WebSocket-Extensions", $0) }))?.field
    }

    @Test(
        "An offer is accepted with the parameters that it names, and the server's messages never share a context",
        arguments: [
            ("permessage-deflate", ""), ("PERMESSAGE-DEFLATE", ""), ("permessage-deflate; client_max_window_bits", ""),
            ("permessage-deflate; server_no_context_takeover", ""),
            ("permessage-deflate;client_no_context_takeover", "; client_no_context_takeover"),
            ("permessage-deflate; server_max_window_bits=10", "; server_max_window_bits=10"),
            (#"permessage-deflate; server_max_window_bits="8""#, "; server_max_window_bits=8"),
            ("permessage-deflate; client_max_window_bits=12", "; client_max_window_bits=12"),
            ("x-webkit-deflate-frame, permessage-deflate", ""),
            ("permessage-deflate; server_max_window_bits=7, permessage-deflate", ""),
        ])
    func accepts(offer: String, parameters: String) {
        #expect(Self.field(offer) == "permessage-deflate; server_no_context_takeover" + parameters)
    }

    @Test("Several fields are one list")
    func fields() {
        #expect(Self.field("other", "permessage-deflate") == "permessage-deflate; server_no_context_takeover")
    }

    @Test(
        "An offer with a parameter that is unknown, repeated or out of range is declined",
        arguments: [
            "", "permessage-bzip2", "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=7", "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010", "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=true",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=9", "permessage-deflate;",
        ])
    func declines(offer: String) {
        #expect(Self.field(offer) == nil)
    }

    @Test("No field means no compression")
    func none() {
        #expect(SocketCompression.agreed([:]) == nil)
    }
}
