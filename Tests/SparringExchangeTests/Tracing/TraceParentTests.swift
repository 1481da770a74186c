import SparringWire
import Testing

@testable import SparringExchange

@Suite("The position of a request in a trace")
struct TraceParentTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test(
        "A valid traceparent gives the trace, the span and the sampling decision",
        arguments: [
            ("00-\(trace)-\(span)-01", true), ("00-\(trace)-\(span)-00", false), ("cc-\(trace)-\(span)-01-more", true),
        ])
    func valid(field: String, isSampled: Bool) throws {
        let request = Request(method: "GET", target: "/", headers: ["traceparent": field, "tracestate": "a=b"])
        let parent = try #require(TraceParent(request))
        #expect(parent.traceID == Self.trace && parent.spanID == Self.span && parent.isSampled == isSampled)
        #expect(parent.state == "a=b")
    }

    @Test(
        "A traceparent that breaks the rules is ignored",
        arguments: [
            nil, "", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01",
            "00-\(trace.uppercased())-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace)x-\(span)-01", "00-\(trace)-\(span)-1",
        ] as [String?])
    func invalid(field: String?) {
        #expect(
            TraceParent(Request(method: "GET", target: "/", headers: field.map { ["traceparent": $0] } ?? [:])) == nil)
    }

    @Test(
        "The sampling setting decides whether a span is recorded",
        arguments: [
            (TracedCall.Sampling.always, false, true), (.never, true, false), (.asParent(otherwise: false), true, true),
            (.asParent(otherwise: true), false, false),
        ])
    func sampling(sampling: TracedCall.Sampling, isSampled: Bool, isWanted: Bool) {
        let field = "00-\(Self.trace)-\(Self.span)-0\(isSampled ? 1 : 0)"
        let parent = TraceParent(Request(method: "GET", target: "/", headers: ["traceparent": field]))
        #expect(sampling.wants(parent) == isWanted)
    }

    @Test("The sampling setting decides if the client has not decided", arguments: [true, false])
    func unparented(otherwise: Bool) {
        #expect(TracedCall.Sampling.asParent(otherwise: otherwise).wants(nil) == otherwise)
    }
}
