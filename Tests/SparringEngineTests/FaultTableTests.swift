import Foundation
import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The fault table")
struct FaultTableTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("The answer of every fault equals its bytes in fixtures/faults", arguments: FaultTable.kinds)
    func golden(kind: FaultKind) throws {
        let golden = try Self.text("fixtures/faults/\(kind.name).txt")
        let (now, then) = (FaultPage.exhibit(kind), golden)
        let difference = zip(
            now.split(separator: "\n", omittingEmptySubsequences: false),
            then.split(separator: "\n", omittingEmptySubsequences: false)
        ).first { $0 != $1 }
        #expect(
            now == then, "\(difference.map { "\($0.0)\nwas\n\($0.1)" } ?? "one is longer"): run `make faults`")
    }

    @Test("fixtures/faults has no file without a fault")
    func leftOver() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("fixtures/faults").path)
        #expect(Set(files) == Set(FaultTable.kinds.map { "\($0.name).txt" }))
    }

    @Test("docs/reference/faults.md equals the fault table")
    func page() throws {
        let isCurrent = try Self.text("docs/reference/faults.md") == FaultPage.markdown
        #expect(isCurrent, "run `make faults`")
    }

    @Test("scenarios/schema/fault-v1.json equals the fault table")
    func schema() throws {
        let isCurrent = try Self.text("scenarios/schema/fault-v1.json") == FaultSchema.json.text(.pretty) + "\n"
        #expect(isCurrent, "run `make faults`")
    }

    @Test("Every form of every fault changes an answer", arguments: FaultTable.answers)
    func effect(kind: FaultKind) {
        for exhibit in FaultExhibit.all(of: kind) {
            #expect(exhibit.missed == nil, "\(exhibit.fault)")
            #expect(exhibit.script.marbles.contains("!"), "\(exhibit.fault)")
            let plain = FaultExhibit.performance(nil, on: exhibit.stage, in: FaultExhibit.version(of: exhibit.fault))
            #expect(exhibit.script.transcript != plain.script.transcript, "\(exhibit.fault) changes nothing")
        }
    }

    @Test("Every fault has a unique name, help and a valid default point")
    func table() {
        #expect(Set(FaultTable.kinds.map(\.name)).count == FaultTable.kinds.count)
        for kind in FaultTable.kinds {
            #expect(kind.points.admits(kind.usual), "\(kind.name)")
            #expect(!kind.help.isEmpty && kind.help.last != ".", "\(kind.name)")
        }
    }
}
