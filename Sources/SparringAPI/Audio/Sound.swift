package import SparringJSON

/// An audio file from a form, with the properties that can be read without a decoder.
package struct Sound: Sendable, Hashable {
    package enum Format: String, Sendable, Hashable {
        case wav, flac, mp3, ogg, mp4, webm
    }

    /// The file's name; nil if the name does not matter.
    package var filename: String?
    package var bytes: Int
    /// FNV-1a of the bytes, so that the same audio gives the same transcript.
    package var hash: UInt64
    /// The format according to the first bytes; nil if unknown.
    package var format: Format?
    package var milliseconds: Int
    /// True if the file states its length, false if the length is estimated from the size.
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

    /// The billed duration: seconds, rounded up.
    package var seconds: Int { (milliseconds + 999) / 1000 }

    /// The placeholder for a missing file.
    static let example = Sound(bytes: 0, hash: 1, format: .wav, milliseconds: 3_000, isMeasured: true)

    /// The format name of unknown bytes.
    static let unknown = "unknown"

    /// The file as JSON, for rules and checks.
    package var json: JSONValue {
        var object: JSONObject = [
            "bytes": .int(bytes), "hash": .string(Self.hex(hash)), "format": .string(format?.rawValue ?? Self.unknown),
            "seconds": .number(JSONNumber(Double(milliseconds) / 1000)), "measured": .bool(isMeasured),
        ]
        if let filename { object.members.insert(JSONObject.Member("filename", .string(filename)), at: 0) }
        return .object(object)
    }

    /// Returns nil if the form's field is not a file.
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
