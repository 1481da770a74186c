#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads and writes small files with the C library, because this target has no Foundation.
enum TextFiles {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ call: String, _ path: String) { description = "\(path): \(call): \(String(cString: strerror(errno)))" }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a folder that only its owner can access.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Failure("mkdir", path) }
    }

    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    static func bytes(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("open", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count >= 0 else { throw Failure("read", path) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func bytes(of path: String, from offset: Int, count: Int) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("open", path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let start = filled
            let length = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress?.advanced(by: start), count - start, off_t(offset + start))
            }
            guard length > 0 else { throw Failure("read", path) }
            filled += length
        }
        return bytes
    }

    /// Calls `body` with every complete line, without the line's end. This uses as much memory as the longest line needs.
    /// - Parameter body: called with each line and the line's offset.
    static func lines(of path: String, _ body: (Int, [UInt8]) throws -> Void) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure("open", path) }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var (line, offset): ([UInt8], Int) = ([], 0)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count >= 0 else { throw Failure("read", path) }
            guard count > 0 else { return }
            var rest = buffer[..<count]
            while let end = rest.firstIndex(of: 0x0A) {
                line += rest[..<end]
                try body(offset, line)
                offset += line.count + 1
                line.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            line += rest
        }
    }

    /// Appends a line. The line is on the disk when the call returns. An incomplete last line from an earlier crash is
    /// removed first.
    static func append(_ line: [UInt8], to path: String) throws {
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("open", path) }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        var last = UInt8(0x0A)
        if size > 0, pread(file, &last, 1, size - 1) == 1, last != 0x0A {
            let whole = (try bytes(of: path).lastIndex(of: 0x0A) ?? -1) + 1
            guard ftruncate(file, off_t(whole)) == 0 else { throw Failure("ftruncate", path) }
        }
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure("write", path) }
            rest = rest.dropFirst(count)
        }
        fsync(file)
    }

    static func removeDatabase(_ path: String) {
        for name in [path, path + "-wal", path + "-shm"] { unlink(name) }
    }

    /// Deletes a folder and the files in it.
    static func removeFolder(_ path: String) {
        for name in names(in: path) where name != "." && name != ".." { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
