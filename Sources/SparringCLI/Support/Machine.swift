import Foundation

/// Describes the machine of a run for reports: `Debian GNU/Linux 12 (bookworm) x86_64, 2 processors, 24 GB`. The name of the
/// machine is left out, because reports are published.
enum Machine {
    static var words: String {
        let process = ProcessInfo.processInfo
        return words(
            system: process.operatingSystemVersionString, processors: process.activeProcessorCount,
            memory: process.physicalMemory)
    }

    /// - Parameters:
    ///   - system: the name and version of the operating system.
    ///   - processors: the number of processors that the program may use.
    ///   - memory: in bytes; shown in GB of 2³⁰ bytes, at least 1.
    static func words(system: String, processors: Int, memory: UInt64) -> String {
        let gigabytes = max(1, (memory + (1 << 29)) >> 30)
        return
            "\(system) \(architecture), \(processors) processor\(processors == 1 ? "" : "s"), \(gigabytes) GB"
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "another architecture"
        #endif
    }
}
