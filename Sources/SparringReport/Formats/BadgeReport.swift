import SparringJSON

/// A badge with the grade: as JSON for shields.io, and as SVG.
package enum BadgeReport {
    private static let label = "resilience"

    package static func endpoint(_ run: GradedRun) -> String {
        let face = face(run)
        let json: JSONValue = [
            "schemaVersion": 1, "label": .string(label), "message": .string(face.message),
            "color": .string(face.color),
        ]
        return json.text() + "\n"
    }

    package static func svg(_ run: GradedRun) -> String {
        let face = face(run)
        let (left, right) = (width(label), width(face.message))
        let whole = left + right
        let text = Markup.escape("\(label): \(face.message)")
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(whole)" height="20" role="img" aria-label="\(text)">
            <title>\(text)</title>
            <clipPath id="r"><rect width="\(whole)" height="20" rx="4"/></clipPath>
            <g clip-path="url(#r)">
            <rect width="\(left)" height="20" fill="#3d444d"/>
            <rect x="\(left)" width="\(right)" height="20" fill="\(face.color)"/>
            </g>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
            <text x="\(left / 2)" y="14" textLength="\(left - 12)">\(Markup.escape(label))</text>
            <text x="\(left + right / 2)" y="14" textLength="\(right - 12)">\(Markup.escape(face.message))</text>
            </g>
            </svg>

            """
    }

    private static func face(_ run: GradedRun) -> (message: String, color: String) {
        guard let grade = run.grade else { return ("no grade", "#6e7681") }
        let fraction = "\(grade.must.held + grade.should.held)/\(grade.must.observed + grade.should.observed)"
        guard let letter = grade.letter else { return (fraction, "#6e7681") }
        return ("\(letter.rawValue) · \(fraction)", color(letter))
    }

    /// The color is dark enough for white text: a contrast of at least 4.5.
    private static func color(_ letter: Grade.Letter) -> String {
        switch letter {
        case .a: "#1a7f37"
        case .b: "#4d7c0f"
        case .c: "#8a6100"
        case .d: "#b4500a"
        case .f: "#c02a24"
        }
    }

    /// The estimated width of a text in the badge's font; `textLength` makes it exact.
    private static func width(_ text: String) -> Int { text.count * 7 + 12 }
}
