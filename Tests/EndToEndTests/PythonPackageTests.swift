import Foundation
import TestSupport
import Testing

/// Runs the tests of the Python package and its pytest plugin with the built program. `make test-dist` tests that the
/// wheel contains both.
@Suite(
    "The Python package", .enabled(if: PythonClient.isInstalled, Comment(rawValue: PythonClient.missing)),
    .timeLimit(.minutes(20)))
struct PythonPackageTests {
    @Test(
        "The Python package passes its own tests", arguments: ["test_plugin.py", "test_server.py"])
    func suite(file: String) async throws {
        let package = SparringBinary.root.appending(path: "packaging/python")
        let outcome = try await Slots.clients.use {
            try await ChildProcess(
                URL(filePath: PythonClient.interpreter),
                ["-m", "pytest", "-q", "-p", "no:cacheprovider", package.appending(path: "tests/\(file)").path],
                environment: ["PYTHONPATH": package.path, "SPARRING_BINARY": SparringBinary.url.path]
            ).outcome()
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }
}
