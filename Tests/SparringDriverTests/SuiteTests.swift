import Testing

@testable import SparringDriver

@Suite("The end of a run of cases")
struct SuiteTests {
    @Test("The reason of an unreliable run names what an app may remember, if the app keeps running between cases")
    func unreliable() {
        let fresh = Suite.unreliable("sanity.hello", isSerial: false)
        #expect(fresh == "sanity.hello passed at the start of the run but failed at its end")
        #expect(Suite.unreliable("sanity.hello", isSerial: true).hasPrefix(fresh + "; the app keeps running"))
    }
}
