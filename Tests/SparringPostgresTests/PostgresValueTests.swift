import Testing

@testable import SparringPostgres

@Suite("Values of PostgreSQL")
struct PostgresValueTests {
    @Test(
        "A number is decoded from its 1, 2, 4 or 8 bytes, the highest first",
        arguments: [
            ([1], 1), ([0xFF, 0xFE], -2), ([0, 0, 1, 0], 256), ([0xFF, 0xFF, 0xFF, 0xFF], -1),
            ([0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Int.max), ([0x80, 0, 0, 0, 0, 0, 0, 0], Int.min),
        ] as [([UInt8], Int)])
    func numbers(bytes: [UInt8], expected: Int) throws {
        #expect(try PostgresRow(cells: [bytes]).number(0) == expected)
    }

    @Test("A column that is missing, NULL or of another type is an error with its number")
    func mismatches() throws {
        let row = PostgresRow(cells: [nil, [1, 2, 3], [0xFF]])
        #expect(try row.integer(0) == nil)
        for problem in [
            #expect(throws: PostgresProblem.self) { try row.number(0) },
            #expect(throws: PostgresProblem.self) { try row.text(0) },
        ] { #expect(problem?.description.contains("column 1 ") == true) }
        #expect(throws: PostgresProblem.self) { try row.number(1) }
        #expect(throws: PostgresProblem.self) { try row.text(2) }
        #expect(throws: PostgresProblem.self) { try row.bytes(3) }
    }

    @Test("A parameter is encoded in the binary format, and NULL has no bytes")
    func encoded() {
        #expect(PostgresValue.integer(258).encoded == [0, 0, 0, 0, 0, 0, 1, 2])
        #expect(PostgresValue.integer(Int?.none).encoded == nil)
        #expect(PostgresValue.text("é").encoded == [0xC3, 0xA9])
        #expect(PostgresValue.bytes([]).encoded == [])
    }

    @Test(
        "An error state decides whether work is done again",
        arguments: [
            ("40001", PostgresProblem.Kind.conflict, true), ("40P01", .conflict, true), ("57P01", .lost, true),
            ("53300", .unreachable, true), ("08006", .lost, true), ("57014", .timeout, false),
            ("28P01", .refused, false), ("3D000", .refused, false), ("53100", .statement, false),
            ("42P01", .statement, false),
        ])
    func states(state: String, kind: PostgresProblem.Kind, isPassing: Bool) {
        let problem = PostgresProblem(state: state, message: "no room")
        #expect(problem.kind == kind && problem.isPassing == isPassing)
        #expect(problem.description == "PostgreSQL reports no room (SQLSTATE \(state))")
    }

    @Test("Without libpq, the error contains the command that installs it")
    func missing() {
        let problem = #expect(throws: PostgresProblem.self) { try Libpq(["libpq-of-nobody.so.5"]) }
        #expect(problem?.kind == .missingLibrary)
        #expect(problem?.description.hasSuffix("Install it with: \(Libpq.installation)") == true)
    }
}
