/// Detects whether bytes are an image in a format that the API accepts, from the signature and the header after it.
enum ImageBytes {
    static func arePicture(_ bytes: [UInt8]) -> Bool {
        isPNG(bytes) || isJPEG(bytes) || isGIF(bytes) || isWebP(bytes)
    }

    /// W3C PNG, sections 5.2 and 11.2.2: the first chunk is IHDR, and width and height are not zero.
    private static func isPNG(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 33, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            return false
        }
        return bytes[12..<16].elementsEqual("IHDR".utf8) && bytes[16..<20].contains { $0 != 0 }
            && bytes[20..<24].contains { $0 != 0 }
    }

    /// ITU T.81, annex B: the start of an image, then a marker.
    private static func isJPEG(_ bytes: [UInt8]) -> Bool {
        bytes.count > 20 && bytes.starts(with: [0xFF, 0xD8, 0xFF]) && bytes[3] >= 0xC0
    }

    /// GIF89a, sections 17 and 18: width and height of the screen are not zero.
    private static func isGIF(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 13, bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) else {
            return false
        }
        return (bytes[6] != 0 || bytes[7] != 0) && (bytes[8] != 0 || bytes[9] != 0)
    }

    /// RFC 9649, section 2.
    private static func isWebP(_ bytes: [UInt8]) -> Bool {
        bytes.count > 20 && bytes.starts(with: "RIFF".utf8) && bytes[8..<12].elementsEqual("WEBP".utf8)
            && bytes[12..<15].elementsEqual("VP8".utf8)
    }
}
