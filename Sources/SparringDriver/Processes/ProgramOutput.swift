import SystemPackage

/// The output of one program, copied to the streams of this process as it arrives. The end of the output is kept, so that it can be judged.
package struct ProgramOutput: Sendable {
    let output: OutputTail
    let error: OutputTail

    /// - Throws: `LaunchError` if no pipe can be created.
    package init() throws(LaunchError) {
        do {
            output = try OutputTail(copyingTo: .standardOutput)
            error = try OutputTail(copyingTo: .standardError)
        } catch {
            throw LaunchError(description: "cannot create a pipe for the program's output: \(error)")
        }
    }

    /// The last 64 kB of each stream. Must be called after the program has ended. Waits until everything is copied, but
    /// not longer than a second, because a process that the program left behind may keep a stream open.
    package func texts() async -> (standardOutput: String, standardError: String) {
        (await output.text(patience: .seconds(1)), await error.text(patience: .seconds(1)))
    }
}
