// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "App",
    platforms: [.macOS(.v15)],
    dependencies: [.package(path: "../sparring")],
    targets: [
        .testTarget(name: "AppTests", dependencies: [.product(name: "SparringTesting", package: "sparring")])
    ]
)
