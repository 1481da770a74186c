#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The number of files and sockets that this process may have open.
package enum FileDescriptorLimit {
    /// Raises the soft limit to the hard limit: a thousand idle clients are common, and so is a default of 1,024.
    /// Returns the limits that are now in force; 0 and 0 if the system does not report them.
    @discardableResult
    package static func raise() -> (soft: UInt64, hard: UInt64) {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return (0, 0) }
        let before = limit.rlim_cur
        #if canImport(Darwin)
            // macOS refuses "unlimited" for the soft limit (setrlimit(2)).
            limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #else
            limit.rlim_cur = limit.rlim_max
        #endif
        let soft = setrlimit(resource, &limit) == 0 ? limit.rlim_cur : before
        return (UInt64(soft), UInt64(limit.rlim_max))
    }
}
