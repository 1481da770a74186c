import Testing

@testable import SparringAPI

@Suite("Rows of the error catalogue")
struct ErrorCatalogueTableTests {
    @Test("Each name of the catalogue has one row with a message and a status that is an error")
    func rows() {
        #expect(ErrorCatalogue.rows.map(\.name) == ErrorCatalogue.names)
        for row in ErrorCatalogue.rows {
            #expect((400..<600).contains(row.status), "\(row.name)")
            #expect(!row.message.isEmpty, "\(row.name)")
        }
        let limit = ErrorCatalogue.rows.first { $0.name == "rate_limit_exceeded" }
        #expect(limit?.status == 429 && limit?.code == "rate_limit_exceeded" && limit?.type == "requests")
    }
}
