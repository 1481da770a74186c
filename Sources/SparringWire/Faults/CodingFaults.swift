/// Faults of bodies that are compressed, or whose head claims that they are.
enum CodingFaults {
    static let all = [gzip, deflate, brotli, zstd]

    private static let flaws = BodyCoding.Flaw.allCases.map(\.rawValue)

    static let gzip = WireFault(
        kind: FaultKind(
            "gzip", .coding, at: .start, usually: .start,
            takes: [FaultParameter(.form, .choice(["good"] + flaws), .text("good"))],
            "sends an unrequested gzip body, valid or with a flaw; a stream is compressed event by event"),
        edit: .coding { BodyCoding("gzip", .gzip, flaw: BodyCoding.Flaw(rawValue: $0.text(.form))) })

    static let deflate = WireFault(
        kind: FaultKind(
            "deflate", .coding, at: .start, usually: .start,
            takes: [FaultParameter(.form, .choice(["good", "raw"] + flaws), .text("good"))],
            "sends a deflate body: valid with a zlib header, valid without a header (raw), or with a flaw"),
        edit: .coding {
            let form = $0.text(.form)
            return BodyCoding("deflate", form == "raw" ? .raw : .zlib, flaw: BodyCoding.Flaw(rawValue: form))
        })

    /// The flaws of codings without a checksum.
    private static let plainFlaws = ["plain", "garbage", "truncated"]

    static let brotli = WireFault(
        kind: FaultKind(
            "br", .coding, at: .start, usually: .start,
            takes: [FaultParameter(.form, .choice(["good"] + plainFlaws), .text("good"))],
            "sends an unrequested Brotli body, valid or with a flaw; a stream is compressed event by event"),
        edit: .coding { BodyCoding("br", .brotli, flaw: BodyCoding.Flaw(rawValue: $0.text(.form))) })

    static let zstd = WireFault(
        kind: FaultKind(
            "zstd", .coding, at: .start, usually: .start,
            takes: [FaultParameter(.form, .choice(["good"] + plainFlaws), .text("good"))],
            "sends an unrequested Zstandard body, valid or with a flaw; a stream is compressed event by event"),
        edit: .coding { BodyCoding("zstd", .zstd, flaw: BodyCoding.Flaw(rawValue: $0.text(.form))) })
}
