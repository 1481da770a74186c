import SparringJSON
import Testing

@testable import SparringConformance

@Suite("The overhead of a gateway as data")
struct GatewayOverheadTests {
    @Test("A rate counts the answers of all turns by their time, apart for direct calls and calls through the gateway")
    func rates() {
        var rate = GatewayOverhead.Rate(name: "answers a second")
        rate.add(1000, in: .seconds(1), isDirect: true)
        rate.add(500, in: .seconds(2), isDirect: true)
        rate.add(30, in: .milliseconds(500), isDirect: false)
        #expect(rate.directPerSecond == 500)
        #expect(rate.throughPerSecond == 60)
    }

    @Test("The data says whether the machine was busy, and null for an unknown memory")
    func json() {
        var overhead = GatewayOverhead()
        overhead.load.addComputation(elapsed: .milliseconds(60), computed: .milliseconds(20))
        #expect(overhead.json["machine"]?["is_busy"] == true)
        #expect(overhead.json["memory"] == .null)
        overhead.memory = 4096
        #expect(overhead.json["memory"] == 4096)
    }
}
