import Testing

@testable import SparringPostgres

@Suite("URLs of PostgreSQL")
struct PostgresLocationTests {
    @Test(
        "A URL is shown without its passwords",
        arguments: [
            ("postgres://ada:s3cret@db.example:5432/mock", "postgres://ada:***@db.example:5432/mock"),
            ("postgresql://ada@db.example/mock", "postgresql://ada@db.example/mock"),
            ("postgres:///mock?host=/run/postgresql", "postgres:///mock?host=/run/postgresql"),
            ("postgres://db:5432/mock", "postgres://db:5432/mock"),
            ("postgres://ada:a%40b@db/mock?sslmode=require", "postgres://ada:***@db/mock?sslmode=require"),
            ("postgres://ada:p@ss/w?rd@db/mock", "postgres://ada:***@db/mock"),
            ("postgres:///mock?user=ada&password=s3cret", "postgres:///mock?user=ada&password=***"),
            ("postgres:///mock?passw%6Frd=s3cret&sslpassword=t0p", "postgres:///mock?password=***&sslpassword=***"),
            ("postgres://[::1]:5432/mock", "postgres://[::1]:5432/mock"),
        ])
    func shown(url: String, expected: String) throws {
        let location = try #require(PostgresLocation(url))
        #expect("\(location)" == expected)
        #expect(String(reflecting: location) == expected)
        var dumped = ""
        dump(location, to: &dumped)
        #expect(!dumped.contains("s3cret") && !dumped.contains("t0p"))
    }

    @Test(
        "A text that is not a URL of PostgreSQL is rejected",
        arguments: ["", "mysql://a/b", "host=db dbname=mock", "postgres:/mock", "postgres://a b/c", "x.sqlite"])
    func rejected(text: String) { #expect(PostgresLocation(text) == nil) }

    @Test("A message is one line and contains a password neither as written nor decoded")
    func redacted() throws {
        let location = try #require(PostgresLocation("postgres://ada:a%40b@db/mock?password=t0p"))
        #expect(location.redacted("no\nentry for a@b, a%40b or t0p\n") == "no; entry for ***, *** or ***")
    }
}
