/// The program under test could not be started, or does not speak its protocol.
package struct LaunchError: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}
