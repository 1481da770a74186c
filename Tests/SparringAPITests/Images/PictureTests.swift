import SparringWire
import Testing

@testable import SparringAPI

@Suite("Images")
struct PictureTests {
    private static func picture(_ prompt: String = "a red boat", _ width: Int = 64, _ height: Int = 48) -> Picture {
        Picture(prompt: prompt, width: width, height: height, seed: 7)
    }

    @Test(
        "A picture of any size is a PNG whose rows inflate to that size",
        arguments: [(1, 1), (3, 2), (16, 16), (64, 48), (1024, 1024), (1536, 1024), (3840, 2160)])
    func size(width: Int, height: Int) throws {
        let png = try DecodedPNG(Self.picture("a red boat", width, height).png)
        #expect((png.width, png.height) == (width, height))
        #expect(png.rows.count == height * (1 + (width + 3) / 4))
    }

    @Test("A picture of a megapixel is small, because equal rows and runs cost little")
    func compact() {
        #expect(Self.picture("a red boat", 1024, 1024).png.count < 40_000)
    }

    @Test("Equal prompts, sizes and seeds give equal bytes, and a change of any of them changes the picture")
    func deterministic() {
        var other = Self.picture()
        #expect(Self.picture().png == other.png)
        other.seed = 8
        #expect(Self.picture().png != other.png)
        #expect(Self.picture("a blue boat").png != Self.picture().png)
        #expect(Self.picture("a red boat", 64, 64).png != Self.picture().png)
    }

    @Test("Partial pictures draw more and more of the pattern")
    func partial() {
        let parts = [0.25, 0.5, 0.75].map { progress in
            var picture = Self.picture()
            picture.progress = progress
            return picture.drawing.rectangles.reduce(0) { $0 + $1.rows.count * $1.columns.count }
        }
        #expect(parts == parts.sorted())
        #expect(parts[0] < parts[2])
    }

    @Test("A character that the font lacks is drawn as a block")
    func font() {
        #expect(BitmapFont.glyph("a") == BitmapFont.glyph("A"))
        #expect(BitmapFont.glyph("é") == [7, 7, 7, 7, 7])
        #expect(BitmapFont.glyph("T") == [7, 2, 2, 2, 2])
    }

    @Test("The address of a picture gives the same picture again")
    func address() throws {
        var picture = Self.picture("rot & grün = 100 %?", 1024, 1024)
        picture.isTransparent = true
        let again = try #require(Picture(QueryItems(target: picture.address)))
        #expect(again == picture)
    }

    @Test("Addresses without a valid size have no picture", arguments: ["", "size=0x5", "size=9999x1", "size=axb"])
    func badAddress(query: String) {
        #expect(Picture(QueryItems(target: "\(Picture.path)?\(query)")) == nil)
    }
}

/// A PNG, parsed as far as the tests need it: chunks with checked checksums, and rows that are inflated but not
/// unfiltered.
struct DecodedPNG {
    struct Problem: Error {
        var what: String
    }

    var width = 0
    var height = 0
    var rows: [UInt8] = []

    init(_ bytes: [UInt8]) throws {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw Problem(what: "signature")
        }
        var place = 8
        var names: [String] = []
        while place < bytes.count {
            let length = Self.big(bytes, place)
            let content = Array(bytes[(place + 4)..<(place + 8 + length)])
            var crc = CRC32()
            crc.add(content)
            guard Self.big(bytes, place + 8 + length) == Int(crc.value) else { throw Problem(what: "checksum") }
            let name = String(decoding: content[..<4], as: UTF8.self)
            names.append(name)
            let data = Array(content[4...])
            if name == "IHDR" { (width, height) = (Self.big(data, 0), Self.big(data, 4)) }
            if name == "IDAT" { rows = try Self.inflate(data) }
            place += 12 + length
        }
        guard names.first == "IHDR", names.last == "IEND" else { throw Problem(what: "order") }
    }

    private static func big(_ bytes: [UInt8], _ place: Int) -> Int {
        bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Inflates one block with the fixed codes (RFC 1951 §3.2.6).
    private static func inflate(_ data: [UInt8]) throws -> [UInt8] {
        var bit = 16
        func bits(_ count: Int) -> Int {
            (0..<count).reduce(0) { value, index in
                let at = bit + index
                return value | Int(data[at / 8] >> UInt8(at % 8) & 1) << index
            }
        }
        func take(_ count: Int) -> Int {
            defer { bit += count }
            return bits(count)
        }
        func code(_ count: Int) -> Int {
            (0..<count).reduce(0) { value, _ in value << 1 | take(1) }
        }
        guard data[0] == 0x78, take(3) == 0b011 else { throw Problem(what: "block") }
        let extras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
        let bases = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
            227,
            258,
        ]
        var output: [UInt8] = []
        while true {
            var symbol = code(7)
            if symbol <= 0b0010111 {
                symbol += 256
            } else {
                symbol = symbol << 1 | take(1)
                switch symbol {
                case 0x30...0xBF: symbol -= 0x30
                case 0xC0...0xC7: symbol += 280 - 0xC0
                default: symbol = (symbol << 1 | take(1)) - 0x190 + 144
                }
            }
            if symbol < 256 {
                output.append(UInt8(symbol))
            } else if symbol == 256 {
                break
            } else {
                let length = bases[symbol - 257] + take(extras[symbol - 257])
                guard code(5) == 0, let last = output.last else { throw Problem(what: "distance") }
                output.append(contentsOf: repeatElement(last, count: length))
            }
        }
        var adler = Adler32()
        adler.add(output)
        guard big(data, data.count - 4) == Int(adler.value) else { throw Problem(what: "sum") }
        return output
    }
}
