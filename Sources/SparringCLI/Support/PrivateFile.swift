import Foundation
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file with bodies of requests and answers, such as a journal or a cassette. A new file has the mode 0600; an existing file keeps
/// its mode.
enum PrivateFile {
    /// Checks that the file can be written, without changing it, and creates its folder if it is missing.
    /// - Returns: the folder that was created; nil if it existed.
    static func prepare(_ path: String) throws(OutputError) -> String? {
        let file = URL(fileURLWithPath: path)
        let folder = file.deletingLastPathComponent()
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard !exists || !isFolder.boolValue else { throw OutputError(path, Errno.isDirectory) }
        guard OutputFiles.isReplaceable(path) else {
            // A device or a link is written, not replaced. Writing to a link whose target is missing creates the target.
            if access(path, W_OK) != 0, errno != ENOENT { throw OutputError(path, Errno(rawValue: errno)) }
            return nil
        }
        let isNew = !FileManager.default.fileExists(atPath: folder.path)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .failed(name: path, reason: "its folder cannot be created: \(error.localizedDescription)")
        }
        // Only an attempt to write detects a disk that is mounted read-only.
        let attempt = neighbour(of: path)
        try create(attempt, for: path).close()
        unlink(attempt)
        return isNew ? folder.relativePath : nil
    }

    /// Replaces a regular file as a whole, and writes directly to a device, a pipe or a link.
    static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
        guard OutputFiles.isReplaceable(path) else { return try OutputFiles.write(bytes, to: path) }
        let new = neighbour(of: path)
        do throws(OutputError) {
            let output = try create(new, for: path)
            try output.write(bytes)
            try output.close()
        } catch {
            unlink(new)
            throw error
        }
        if let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int {
            chmod(new, mode_t(mode & 0o7777))
        }
        guard rename(new, path) == 0 else {
            let reason = Errno(rawValue: errno)
            unlink(new)
            throw OutputError(path, reason)
        }
    }

    /// The text is written to a new file in the same folder, so that this file can replace the old file.
    private static func neighbour(of path: String) -> String { "\(path).\(UUID().uuidString.prefix(8)).new" }

    private static func create(_ new: String, for path: String) throws(OutputError) -> Output {
        try Output(creating: new, named: path, permissions: .ownerReadWrite)
    }
}
