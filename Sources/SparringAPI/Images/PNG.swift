import SparringWire

/// Writes a drawing as a PNG: a palette of four colours, two bits for each pixel.
///
/// Source: https://www.w3.org/TR/png-3/
enum PNG {
    static func bytes(of drawing: Drawing) -> [UInt8] {
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // These bytes state: bit depth 2, indexed colour, the only compression method, the only filter method, no interlacing.
        append("IHDR", big(drawing.width) + big(drawing.height) + [2, 3, 0, 0, 0], to: &png)
        append("PLTE", drawing.palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &png)
        if drawing.isTransparent { append("tRNS", [0], to: &png) }
        append("IDAT", rows(of: drawing), to: &png)
        append("IEND", [], to: &png)
        return png
    }

    /// The filtered rows, compressed. A row that equals the row above is written as the difference from that row, which is zero.
    private static func rows(of drawing: Drawing) -> [UInt8] {
        let rowBytes = (drawing.width + 3) / 4
        var deflate = RunDeflate()
        for band in drawing.bands {
            deflate.add(0, count: 1)
            deflate.add(packed(band.pixels, rowBytes))
            for _ in 1..<max(1, band.count) {
                deflate.add(2, count: 1)
                deflate.add(0, count: rowBytes)
            }
        }
        return deflate.finish()
    }

    /// Packs four pixels into a byte, the first pixel into the highest bits.
    private static func packed(_ pixels: [UInt8], _ rowBytes: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rowBytes)
        for (index, pixel) in pixels.enumerated() { bytes[index / 4] |= pixel << UInt8(6 - 2 * (index % 4)) }
        return bytes
    }

    private static func append(_ name: StaticString, _ data: [UInt8], to png: inout [UInt8]) {
        png += big(data.count)
        let content = Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) + data
        var crc = CRC32()
        crc.add(content)
        png += content
        png += big(Int(crc.value))
    }

    private static func big(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
