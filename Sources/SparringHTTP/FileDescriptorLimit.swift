#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The number of files and sockets that this process may have open.
package enum FileDescriptorLimit {
    /// Raises the soft limit to the hard one: a thousand idle clients are nothing unusual, and 1,024 is a common default.
    /// Returns the limit in force.
    @discardableResult
    package static func raise() -> UInt64 {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return UInt64(setrlimit(resource, &limit) == 0 ? limit.rlim_cur : before)
    }
}
