import SparringAPI
import SparringWire
import Testing

@testable import SparringCassette

/// Tests bodies made by the compressors of Node.js (Brotli, by quality) and `zstd` (by level).
@Suite("Brotli and Zstandard")
struct BodyCodingTests {
    private static let secret =
        #"{"echo":"sk-svcacct-0a1B2c3D4e5F6g7H8i9J","api_key":"0f1e2d3c4b5a69788796a5b4c3d2e1f0"}"#
    private static let harmless = #"{"echo":"hello from the tape, and again, and again"}"#
    private static let line =
        "The information about the government of the United States, and the Website of the University: \"internet\" — Привет\n"
    /// Words of Brotli's dictionary, some of them with capital letters.
    private static let words = line + line + line + "and This is not the only Other Different thing. éè"

    static let bodies: [(coding: String, text: String, body: String)] = [
        (
            "br", secret,
            "CyuAeyJlY2hvIjoic2stc3ZjYWNjdC0wYTFCMmMzRDRlNUY2ZzdIOGk5SiIsImFwaV9rZXkiOiIwZjFlMmQzYzRiNWE2OTc4ODc5NmE1YjRjM2QyZTFmMCJ9Aw=="
        ),
        (
            "br", secret,
            "G1YAAORoXalPPix4ESzFfLAkkSk8X8D9wIFrMq9HVVTVzUQFdklFfdbwUHQyVoNOwYBiH7KpeYMDqMUNqWnFSl4ILZWSWhS8ZBWtSYNbBH8="
        ),
        (
            "br", secret,
            "G1YA+GVpXerLpwcjWAqIlEQXmGoIZrxwXUCHtcXrkcZpumEWcwafCpaYS45cKp5aawEgiKc6bPMbdGAFl/OZkIqJFMuaoqqKJsdSIkrG51zB4Ac="
        ),
        ("br", harmless, "GzMAAAQZcqTtgrG2wCEH7DVvu2ZyZBzq+SLmj4F7hXsZGPj6jNp2Bwc="),
        ("br", harmless, "GzMAmBSh0qFOlurvStSaYZNYN7ABB+xJPuiCy8GrAwThgsgeFb0Ybza81iflT3g="),
        (
            "br", words,
            "i9AAAICqqqrq/+6XE4OdHRzufva7H9wc/GwGJmoqAG4iAKrsBmA3Az+c/e5X96sDOIDf7XBRO1xdJ7cHAUN0vGGOAYbhgTzYGPMMC4JcdRSoBU9DQ3VD0/qNYBT0PkqyQYzwYLE4m1I6nNhQ8haNdRHaRdqsFDTTM0rKymmPSo2STFjhPz9QnutcfuVTvut9s/4s6rahjpqhGeZfx9ntOuHIKAkHDUGSGMGo1u+wvJfX"
        ),
        (
            "br", words,
            "G6EBAMRy5wndft48DqxAgvuVFPSSZlTCb8sD9u4+qLKEgiCgvxENcEI+uyEtg/pz2MhdO0E55Pj1RRJINK7DYYJHsWbcgEKgzIkXxMZOgrhsAtDALNZTAN91g3VRwXv3ay67kg6UYuehylbhwPaK8O8P"
        ),
        (
            "br", words,
            "G6EBwK2St4ngke7IlHh9CU2l0CLD0eIakFK2VgqipjZIGJqbFNEhg5ocOFR7sSBOoB1gFImnN/ye1RxWyJT9iiGYIjBgpFCcNuA2IIMgG6P57rvkxHd9J7/k5uLUipc9s1Ru"
        ),
        (
            "zstd", secret,
            "KLUv/SRXuQIAeyJlY2hvIjoic2stc3ZjYWNjdC0wYTFCMmMzRDRlNUY2ZzdIOGk5SiIsImFwaV9rZXkiOiIwZjFlMmQzYzRiNWE2OTc4ODc5NmE1YjRjM2QyZTFmMCJ9mpt9zg=="
        ),
        (
            "zstd", secret,
            "KLUv/SRXpQIAcgUUGHDNA1CtLHYQkZrGqsSR0EmSJElaWPp/hhOvg327zp+FHamcU9LY0D53tz07FleOfjGUphnggiqTkEgc4D/BeQtYL/W4t0OOWhyuzCT+LAUAmpt9zg=="
        ),
        ("zstd", harmless, "KLUv/SQ0hQEAlAJ7ImVjaG8iOiJoZWxsbyBmcm9tIHRoZSB0YXBlLCBhbmQgYWdhaW4ifQEAt1GeXIu6kQ=="),
        (
            "zstd", words,
            "KLUv/WSiAJUEADKJHyWQtemfuXSYXvxatMK+rECAfLkxIrmS3bZvs8WneKQVf2M7X1s4ECkimdAksvXm29dCg9vZHgwtUjXt0A6ZYiaVoDEFPIAn8KLp8eyIBpzss30TExegRdf+fNEtVzCpPHBftQgzX8zEUm/eyfZHG5+tl6GLciqucpquRJ8pAQUAazuoxvtAX1Jm6LzwaicZnuim2A=="
        ),
        (
            "zstd", words,
            "KLUv/WSiAF0EALLIHB2w6yzdF9CFgLYVc5Yk7xUBRzZ5UvOacHscWnZzDBeHcTs03s6UY+xiKcs3VnJ8Tt/aW1siAOVpXdZt3eRZ3VbTt8GzU37vYAnpu1KO+LsurDAOV6j88I9l+NuTOPedH6cczWZZ/j40F7g+++FDZ/RelkgHAHlCuHFawCA03mP6kjJD54VXO8me6KbY"
        ),
    ]

    @Test("A body in Brotli or Zstandard is decoded", arguments: bodies)
    func decodes(coding: String, text: String, body: String) throws {
        let bytes = try #require(Base64.decode(body[...]))
        let decoded = try #require(ContentCoding.decoded(bytes, [coding]))
        #expect(String(decoding: decoded, as: UTF8.self) == text)
        let cuts = (1..<bytes.count).filter { ContentCoding.decoded(Array(bytes[..<$0]), [coding]) != nil }
        #expect(cuts.isEmpty, "a body that is cut off is not decoded: \(cuts)")
    }

    @Test(
        "A damaged body in Brotli or Zstandard does not crash the program, and its result stays below the limit",
        arguments: bodies)
    func damaged(coding: String, text: String, body: String) throws {
        let bytes = try #require(Base64.decode(body[...]))
        for place in bytes.indices {
            for bit in 0..<8 {
                var bytes = bytes
                bytes[place] ^= 1 << bit
                let decoded =
                    coding == "br" ? Brotli.decoded(bytes, limit: 10_000) : Zstandard.decoded(bytes, limit: 10_000)
                #expect(decoded.map { $0.count <= 10_000 } ?? true)
            }
        }
    }

    @Test("A Brotli body with bytes after its end is not decoded")
    func leftOver() throws {
        let bytes = try #require(Base64.decode("GzMAAAQZcqTtgrG2wCEH7DVvu2ZyZBzq+SLmj4F7hXsZGPj6jNp2Bwc="))
        #expect(ContentCoding.decoded(bytes + [0x41], ["br"]) == nil)
    }

    @Test("An uncompressed Zstandard frame is decoded, and so are several frames in a row")
    func stored() {
        for count in [0, 1, 131_072, 131_073, 300_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let frame = Zstandard.stored(bytes)
            #expect(Zstandard.decoded(frame, limit: 1 << 20) == bytes)
            #expect(
                Zstandard.decoded(frame + [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9] + frame, limit: 1 << 20) == bytes
                    + bytes)
            #expect(count == 0 || Zstandard.decoded(frame, limit: count - 1) == nil)
        }
    }
}
