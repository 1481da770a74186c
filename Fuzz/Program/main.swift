import FuzzTargets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// libFuzzer's loop, declared in compiler-rt/include/fuzzer/FuzzerInterface.h: the loop changes the arguments' pointers and calls back with
/// each input.
@_silgen_name("LLVMFuzzerRunDriver")
func runLibFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private let wanted = getenv("SPARRING_FUZZ_TARGET").map { String(cString: $0) } ?? ""
private let target = FuzzTarget.all.first { $0.name == wanted }

guard target != nil else {
    print("SPARRING_FUZZ_TARGET must be one of: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
    exit(2)
}
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
    runLibFuzzer(&count, &arguments) { bytes, count in
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        // libFuzzer saves the input that causes a trap.
        if let finding = target?.run(input) { fatalError("\(wanted): \(finding)") }
        return 0
    })
