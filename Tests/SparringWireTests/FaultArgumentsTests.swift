import Testing

@testable import SparringWire

@Suite("The arguments of a fault")
struct FaultArgumentsTests {
    private static let kind = FaultKind(
        "example", .connection, at: .connection, usually: .connection,
        takes: [FaultParameter(.size, .size(0...100), .size(7)), FaultParameter(.duration, .duration, nil)], "")

    @Test("An argument is found by the name of its parameter, and an omitted one is nil")
    func names() {
        let whole = FaultArguments(Self.kind, [.size(9), .duration(.seconds(2))])
        #expect(whole.integer(.size) == 9)
        #expect(whole.duration(.duration) == .seconds(2))
        let short = FaultArguments(Self.kind, [.size(9)])
        #expect(short.duration(.duration) == nil)
        #expect(short[.form] == nil)
        #expect(short.text(.size) == "")
    }

    @Test("A fault that is ordered only by its name has the default arguments")
    func usual() {
        #expect(Fault.Action(Self.kind).arguments == FaultArguments(Self.kind, [.size(7)]))
        for kind in WireFaults.all.map(\.kind) {
            let arguments = Fault.Action(kind).arguments
            #expect(kind.parameters.allSatisfy { arguments[$0.name] == $0.usual }, "\(kind.name)")
        }
    }
}
