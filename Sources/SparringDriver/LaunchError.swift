/// The program under test could not be started.
package struct LaunchError: Error, CustomStringConvertible {
    package var description: String
}
