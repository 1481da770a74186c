/// A font of capitals, digits and signs, each of five rows of three dots. Small letters are written as capitals, other characters as a
/// block.
enum BitmapFont {
    /// The columns of a character: its three dots and the gap after them.
    static let columns = 4
    static let rows = 7

    /// The rows of a character from the top; in each row, the highest of three bits is on the left.
    static func glyph(_ character: Unicode.Scalar) -> [UInt8] {
        var code = Int(character.value)
        if (0x61...0x7A).contains(code) { code -= 0x20 }
        let dots = (0x20..<0x20 + glyphs.count).contains(code) ? glyphs[code - 0x20] : block
        return (0..<5).map { UInt8(dots >> (3 * (4 - $0)) & 7) }
    }

    private static let block: UInt16 = 0o77777

    /// The characters from the space to the underscore, with an octal digit for each row of dots.
    private static let glyphs: [UInt16] = [
        0o00000, 0o22202, 0o55000, 0o57575, 0o36366, 0o51245, 0o25253, 0o22000,
        0o12221, 0o42224, 0o05250, 0o02720, 0o00024, 0o00700, 0o00002, 0o11244,
        0o75557, 0o26227, 0o71747, 0o71717, 0o55711, 0o74717, 0o74757, 0o71122,
        0o75757, 0o75717, 0o02020, 0o02024, 0o12421, 0o07070, 0o42124, 0o71202,
        0o25743, 0o25755, 0o65656, 0o34443, 0o65556, 0o74647, 0o74644, 0o34553,
        0o55755, 0o72227, 0o11152, 0o55655, 0o44447, 0o57755, 0o65555, 0o25552,
        0o65644, 0o25563, 0o65655, 0o34216, 0o72222, 0o55557, 0o55552, 0o55775,
        0o55255, 0o55222, 0o71247, 0o64446, 0o44211, 0o31113, 0o25000, 0o00007,
    ]
}

extension Drawing {
    /// Writes one line of text.
    /// - Parameter scale: the pixels of a dot, in both directions.
    mutating func write(_ text: some StringProtocol, left: Int, top: Int, scale: Int, _ colour: UInt8) {
        for (index, character) in text.unicodeScalars.enumerated() {
            let start = left + index * BitmapFont.columns * scale
            guard start < width else { return }
            for (row, dots) in BitmapFont.glyph(character).enumerated() {
                for column in 0..<3 where dots >> UInt8(2 - column) & 1 == 1 {
                    let (x, y) = (start + column * scale, top + row * scale)
                    paint(columns: x..<(x + scale), rows: y..<(y + scale), colour)
                }
            }
        }
    }
}
