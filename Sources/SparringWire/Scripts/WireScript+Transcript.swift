/// A script as text that shows every byte, for people who read it and for tests.
///
/// A line feed is a new line and a CR is `␍`. Unprintable bytes are `\xNN`, a long run of one byte is `⟨x × 5000⟩`. Other steps are in the
/// same brackets: `⟨3s⟩` is a pause, `⟨!⟩` a fault that has taken effect, `⟨fin⟩` the ending; `⁞` separates two writes.
extension WireScript {
    package var transcript: String {
        var text = ""
        for step in steps {
            switch step {
            case .write(let range, _): text += Self.visible(bytes[range])
            case .flush: text += "⁞"
            case .pause(let duration): text += "⟨\(duration.words)⟩"
            case .await(.nextRequestByte, _): text += "⟨until the next request⟩"
            case .await(let condition, _): text += "⟨until \(condition)⟩"
            case .read(let isOn): text += "⟨read \(isOn ? "on" : "off")⟩"
            case .interim(let status): text += "⟨\(status)⟩"
            case .frames(let frames): text += "⟨\(frames)⟩"
            case .fault: text += "⟨!⟩"
            case .hold: text += "⟨until it is let go⟩"
            case .end(let ending): text += "⟨\(ending)⟩"
            }
        }
        return text
    }

    /// Runs of equal bytes that are longer than this are counted.
    private static let longestRun = 80

    private static func visible(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = bytes
        while let first = rest.first {
            let run = rest.prefix { $0 == first }.count
            if run > longestRun {
                text += "⟨\(visible([first])) × \(run)⟩"
                rest = rest.dropFirst(run)
            } else {
                let (character, count) = character(in: rest)
                text += character
                rest = rest.dropFirst(count)
            }
        }
        return text
    }

    /// The first character, or one byte that is not text or not visible.
    private static func character(in bytes: ArraySlice<UInt8>) -> (text: String, count: Int) {
        guard let first = bytes.first else { return ("", 0) }
        switch first {
        case 0x0A: return ("\n", 1)
        case 0x0D: return ("␍", 1)
        case 0x20..<0x7F: return (String(UnicodeScalar(first)), 1)
        case 0xC2...0xF4:
            let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            if let text = String(validating: bytes.prefix(count), as: UTF8.self), text.unicodeScalars.count == 1,
                let scalar = text.unicodeScalars.first, !hidden.contains(scalar.value)
            {
                return (text, count)
            }
        default: break
        }
        let digits = String(first, radix: 16, uppercase: true)
        return ("\\x" + (digits.count == 1 ? "0" : "") + digits, 1)
    }

    /// Characters that editors treat as line ends, and the byte order mark.
    private static let hidden: Set<UInt32> = [0x85, 0x2028, 0x2029, 0xFEFF]
}
