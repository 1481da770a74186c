import SparringJSON

/// A format of audio in a Realtime session, always one channel.
package enum RealtimeFormat: String, Sendable, Hashable, CaseIterable {
    /// 16-bit samples, little-endian, 24 kHz.
    case pcm = "audio/pcm"
    /// G.711 µ-law, 8 kHz.
    case pcmu = "audio/pcmu"
    /// G.711 A-law, 8 kHz.
    case pcma = "audio/pcma"

    /// Samples in a second.
    package var rate: Int { self == .pcm ? 24_000 : 8_000 }
    package var bytesPerSample: Int { self == .pcm ? 2 : 1 }
    package var bytesPerMillisecond: Int { rate * bytesPerSample / 1000 }

    var json: JSONValue {
        switch self {
        case .pcm: ["type": .string(rawValue), "rate": .int(rate)]
        case .pcmu, .pcma: ["type": .string(rawValue)]
        }
    }

    /// The format in a session's `audio.input.format`; 24 kHz PCM if the session sets no format.
    init(_ json: JSONValue?) { self = json?["type"]?.string.flatMap(RealtimeFormat.init) ?? .pcm }

    /// The samples of a piece of audio. A byte that completes no sample is ignored.
    package func samples(_ bytes: ArraySlice<UInt8>) -> [Int16] {
        switch self {
        case .pcm:
            stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
                Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
            }
        case .pcmu: bytes.map(G711.sample(muLaw:))
        case .pcma: bytes.map(G711.sample(aLaw:))
        }
    }

    /// The bytes of samples.
    package func bytes(_ samples: [Int16]) -> [UInt8] {
        switch self {
        case .pcm: samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        case .pcmu: samples.map(G711.muLaw)
        case .pcma: samples.map(G711.aLaw)
        }
    }
}
