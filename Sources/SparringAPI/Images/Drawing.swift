/// Rectangles in four colours, painted in order. Memory and work depend on the rectangles, not on the size in pixels.
struct Drawing: Sendable, Hashable {
    struct Colour: Sendable, Hashable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8
    }

    struct Rectangle: Sendable, Hashable {
        /// The columns of the rectangle, in pixels from the left edge.
        var columns: Range<Int>
        /// The rows of the rectangle, in pixels from the top edge.
        var rows: Range<Int>
        /// The index of the colour in `palette`.
        var colour: UInt8
    }

    let width: Int
    let height: Int
    /// The four colours; the first colour is the background.
    var palette: [Colour]
    /// True if the background is transparent.
    var isTransparent = false
    private(set) var rectangles: [Rectangle] = []

    init(width: Int, height: Int, palette: [Colour]) {
        self.width = width
        self.height = height
        self.palette = palette
    }

    /// Paints a rectangle. Parts of the rectangle outside the drawing are cut off.
    mutating func paint(columns: Range<Int>, rows: Range<Int>, _ colour: UInt8) {
        let columns = columns.clamped(to: 0..<width)
        let rows = rows.clamped(to: 0..<height)
        guard !columns.isEmpty, !rows.isEmpty else { return }
        rectangles.append(Rectangle(columns: columns, rows: rows, colour: colour))
    }

    /// The bands of equal rows, from the top: the number of rows in a band, and the pixels of each of these rows.
    var bands: [(count: Int, pixels: [UInt8])] {
        let edges = Set([0, height] + rectangles.flatMap { [$0.rows.lowerBound, $0.rows.upperBound] }).sorted()
        return zip(edges, edges.dropFirst()).map { top, bottom in
            var pixels = [UInt8](repeating: 0, count: width)
            for rectangle in rectangles where rectangle.rows.contains(top) {
                for column in rectangle.columns { pixels[column] = rectangle.colour }
            }
            return (bottom - top, pixels)
        }
    }
}
