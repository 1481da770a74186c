/// The error that the program under test could not be started, or does not follow its protocol.
package struct LaunchError: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}
