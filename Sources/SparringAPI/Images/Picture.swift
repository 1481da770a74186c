/// An invented image: a symmetric pattern that depends on the seed, and under it the prompt, the size and the seed in words. Pictures with
/// equal values have equal bytes.
package struct Picture: Sendable, Hashable {
    package var prompt: String
    package var width: Int
    package var height: Int
    package var seed: Int
    package var isTransparent = false
    /// The part of the pattern that is drawn, from 0 to 1. Partial images have no text.
    package var progress = 1.0

    package init(prompt: String, width: Int, height: Int, seed: Int) {
        self.prompt = prompt
        self.width = width
        self.height = height
        self.seed = seed
    }

    /// The maximum number of characters of a prompt that are drawn, and that the address of an image repeats.
    package static let longestPrompt = 200
    /// The number of cells of the pattern in each direction.
    private static let cells = 8

    /// The image as a PNG.
    package var png: [UInt8] { PNG.bytes(of: drawing) }

    var drawing: Drawing {
        var mint = IDMint(seed: UInt64(bitPattern: Int64(seed)))
        var drawing = Drawing(width: width, height: height, palette: palette(&mint))
        drawing.isTransparent = isTransparent
        let pattern = mint.next()
        let drawn = Int((Double(height) * progress).rounded())
        for row in 0..<Self.cells {
            for column in 0..<Self.cells where pattern >> UInt64(row * 4 + min(column, 7 - column)) & 1 == 1 {
                let top = height * row / Self.cells
                drawing.paint(
                    columns: (width * column / Self.cells)..<(width * (column + 1) / Self.cells),
                    rows: top..<max(top, min(height * (row + 1) / Self.cells, drawn)), 1)
            }
        }
        if progress >= 1 { write(on: &drawing) }
        return drawing
    }

    private func write(on drawing: inout Drawing) {
        let scale = max(1, min(width, height) / 160)
        let columns = max(1, (width - 8 * scale) / (BitmapFont.columns * scale))
        let lines = lines(columns)
        let line = BitmapFont.rows * scale
        let top = max(0, height - line * lines.count - 6 * scale)
        drawing.paint(columns: 0..<width, rows: top..<height, 2)
        for (index, text) in lines.enumerated() {
            drawing.write(text, left: 4 * scale, top: top + 4 * scale + index * line, scale: scale, 3)
        }
    }

    /// The text below the pattern: the prompt in lines of that many characters, then the size and the seed.
    private func lines(_ columns: Int) -> [String] {
        var lines: [String] = []
        var rest = prompt.prefix(Self.longestPrompt).split(whereSeparator: \.isNewline).joined(separator: " ")[...]
        while !rest.isEmpty, lines.count < 6 {
            lines.append(String(rest.prefix(columns)))
            rest = rest.dropFirst(columns)
        }
        return lines + ["\(width)x\(height) seed \(seed)"]
    }

    /// The colours: a light background, a stronger colour for the pattern, a dark one for the panel behind the text, and white.
    private func palette(_ mint: inout IDMint) -> [Drawing.Colour] {
        let draw = mint.next()
        func part(_ place: UInt64, _ least: UInt64, _ spread: UInt64) -> UInt8 {
            UInt8(least + (draw >> (8 * place) & 0xFF) * spread / 256)
        }
        return [
            Drawing.Colour(red: part(0, 200, 50), green: part(1, 200, 50), blue: part(2, 200, 50)),
            Drawing.Colour(red: part(3, 60, 140), green: part(4, 60, 140), blue: part(5, 60, 140)),
            Drawing.Colour(red: 24, green: 28, blue: 36),
            Drawing.Colour(red: 255, green: 255, blue: 255),
        ]
    }
}
