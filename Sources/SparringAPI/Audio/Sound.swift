package import SparringJSON

/// Sound that came in a form: what can be told of it without a decoder.
package struct Sound: Sendable, Hashable {
    package enum Format: String, Sendable, Hashable {
        case wav, flac, mp3, ogg, mp4, webm
    }

    /// Nil where what the file is called does not matter.
    package var filename: String?
    package var bytes: Int
    /// FNV-1a over its bytes: the same sound gets the same transcript.
    package var hash: UInt64
    /// As its first bytes say; nil where they begin like nothing known.
    package var format: Format?
    package var milliseconds: Int
    /// Whether the file says how long it is; an estimate by its size otherwise.
    package var isMeasured: Bool

    package init(
        filename: String? = nil, bytes: Int, hash: UInt64, format: Format?, milliseconds: Int, isMeasured: Bool
    ) {
        self.filename = filename
        self.bytes = bytes
        self.hash = hash
        self.format = format
        self.milliseconds = milliseconds
        self.isMeasured = isMeasured
    }

    /// Whole seconds that have begun: what is paid for.
    package var seconds: Int { (milliseconds + 999) / 1000 }

    /// What stands for a file that nobody has sent.
    static let example = Sound(bytes: 0, hash: 1, format: .wav, milliseconds: 3_000, isMeasured: true)

    // MARK: As a field of a form

    /// What stands for bytes that begin like nothing known.
    static let unknown = "unknown"

    /// What rules see of the file, and checks read.
    package var json: JSONValue {
        var object: JSONObject = [
            "bytes": .int(bytes), "hash": .string(Self.hex(hash)), "format": .string(format?.rawValue ?? Self.unknown),
            "seconds": .number(JSONNumber(Double(milliseconds) / 1000)), "measured": .bool(isMeasured),
        ]
        if let filename { object.members.insert(JSONObject.Member("filename", .string(filename)), at: 0) }
        return .object(object)
    }

    /// Nil where the field is no file.
    package init?(_ json: JSONValue?) {
        guard let json, let bytes = json["bytes"]?.int, let hash = json["hash"]?.string else { return nil }
        self.init(
            filename: json["filename"]?.string, bytes: bytes, hash: UInt64(hash, radix: 16) ?? 0,
            format: json["format"]?.string.flatMap(Format.init),
            milliseconds: Int(((json["seconds"]?.double ?? 0) * 1000).rounded()),
            isMeasured: json["measured"]?.bool ?? false)
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
