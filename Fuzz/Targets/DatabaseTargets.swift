import Foundation
import SparringStore

/// Databases that were damaged, or come from an untrusted source. SQLite notices damaged pages; the values in whole pages may be of any
/// type and size.
extension FuzzTarget {
    static let journal = FuzzTarget("journal") { bytes in
        inFile(bytes) { path in
            guard let file = try? JournalFile(path) else { return }
            _ = try? file.exchanges(at: 0..<file.count)
            for position in 0..<min(file.count, 20) { _ = try? file.whole(at: position) }
        }
    }

    static let cassetteFile = FuzzTarget("cassette-file") { bytes in
        inFile(bytes) { path in
            let place = CassetteLocation(path)
            _ = try? place.read()
            guard let recordings = try? CassetteRecordings(place) else { return }
            for position in 0..<min(recordings.count, 20) { _ = try? recordings.exchange(at: position) }
        }
    }

    /// SQLite reads files only, so the input is written to a file.
    private static func inFile(_ bytes: [UInt8], _ read: (String) -> Void) -> String? {
        let file = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString).sqlite")
        defer {
            for end in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: file.path + end) }
        }
        guard (try? Data(bytes).write(to: file)) != nil else { return "the temporary folder cannot be written" }
        read(file.path)
        return nil
    }
}
