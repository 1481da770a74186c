// swift-tools-version: 6.2
import PackageDescription

// The floors of docs/architecture.md, bottom first. A target may depend on lower floors only; `make check` compares that
// page with these comments, with the dependencies below and with the imports of every file.
let package = Package(
    name: "sparring",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "Sparring", targets: ["Sparring"]),
        .library(name: "SparringTesting", targets: ["SparringTesting"]),
        .executable(name: "sparring", targets: ["sparring"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    ],
    targets: [
        // Floor 0: bytes. No third-party package, no Foundation, no clock, no I/O.
        .target(name: "SparringJSON"),
        .target(name: "SparringTokens"),
        .target(name: "SparringWire"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        // Floor 1: the API's surface, and the record of an exchange.
        .target(name: "SparringAPI", dependencies: ["SparringJSON", "SparringTokens", "SparringWire"]),
        .target(name: "SparringExchange", dependencies: ["CZlib", "SparringJSON", "SparringWire"]),
        // Floor 1 too: vocabularies on disk. The library does not depend on this target: the library's callers pass the counters in.
        .target(
            name: "SparringVocabularies",
            dependencies: ["CZlib", "SparringTokens", .product(name: "Crypto", package: "swift-crypto")]
        ),
        // Floor 1 too: certificates for servers that are tested over TLS. The library does not depend on this target.
        .target(
            name: "SparringCertificates",
            dependencies: [
                "SparringWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]
        ),
        // Floor 2: scripted scenarios.
        .target(
            name: "SparringScenario",
            dependencies: [
                "SparringAPI", "SparringExchange", "SparringJSON", "SparringWire",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // Floor 3: sessions without sockets, sockets without sessions.
        .target(
            name: "SparringEngine",
            dependencies: [
                "SparringAPI", "SparringExchange", "SparringJSON", "SparringScenario", "SparringTokens", "SparringWire",
            ]
        ),
        .target(
            name: "SparringHTTP",
            dependencies: [
                "SparringExchange", "SparringWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Floor 4: recorded exchanges. The library does not depend on this target.
        .target(
            name: "SparringCassette",
            dependencies: [
                "CZlib", "SparringAPI", "SparringEngine", "SparringExchange", "SparringJSON", "SparringScenario",
                "SparringWire",
            ]
        ),
        // Floor 4: the library product.
        .target(
            name: "Sparring",
            dependencies: [
                "SparringAPI", "SparringEngine", "SparringExchange", "SparringHTTP", "SparringJSON", "SparringScenario",
                "SparringTokens", "SparringWire",
            ]
        ),
        // Floor 5, a library product: a trait for Swift Testing, which comes with Swift.
        .target(name: "SparringTesting", dependencies: ["Sparring"]),
        // Floor 5: storage. The library does not depend on this target, so that a Swift test of a client does not build SQLite.
        .target(
            name: "SparringStore",
            dependencies: [
                "SparringAPI", "SparringEngine", "SparringExchange", "SparringJSON", "SparringCassette", "SparringWire",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // Floor 5 too: objects in PostgreSQL, through a library that is loaded at run time. The library does not depend on this target.
        .target(
            name: "SparringPostgres",
            dependencies: ["SparringAPI", "SparringEngine", "SparringExchange", "SparringWire"]),
        // Floor 5: cases and grading.
        .target(
            name: "SparringConformance",
            dependencies: ["SparringAPI", "SparringExchange", "SparringJSON", "SparringScenario", "SparringWire"]
        ),
        // Floor 6: programs under test, and reports.
        .target(
            name: "SparringDriver",
            dependencies: [
                "Sparring", "SparringAPI", "SparringConformance", "SparringEngine", "SparringExchange", "SparringHTTP",
                "SparringJSON", "SparringScenario", "SparringTokens", "SparringWire",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "SparringReport",
            dependencies: [
                "SparringConformance", "SparringExchange", "SparringJSON", "SparringScenario", "SparringWire",
            ]
        ),
        // Floor 7: the command line.
        .target(
            name: "SparringCLI",
            dependencies: [
                "Sparring", "SparringAPI", "SparringCertificates", "SparringConformance", "SparringDriver",
                "SparringEngine", "SparringExchange", "SparringHTTP", "SparringJSON", "SparringReport",
                "SparringPostgres", "SparringScenario",
                "SparringStore", "SparringCassette", "SparringTokens", "SparringVocabularies", "SparringWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        // Floor 8: the program.
        .executableTarget(name: "sparring", dependencies: ["SparringCLI"], path: "Sources/SparringMain"),
        // What fuzzing and its tests share: a parser for each target.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "SparringAPI", "SparringCassette", "SparringConformance", "SparringEngine", "SparringExchange",
                "SparringHTTP", "SparringJSON", "SparringScenario", "SparringStore", "SparringWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Fuzz/Targets"
        ),
        // What tests of several targets share.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
    ]
        + [
            ("SparringJSON", []),
            ("SparringTokens", []),
            ("SparringWire", ["SparringJSON"]),
            ("SparringVocabularies", ["SparringAPI", "SparringJSON", "SparringTokens"]),
            ("SparringAPI", ["SparringJSON", "SparringWire"]),
            ("SparringExchange", ["SparringWire"]),
            ("SparringScenario", ["SparringAPI", "SparringJSON", "SparringWire"]),
            (
                "SparringEngine",
                ["SparringAPI", "SparringExchange", "SparringJSON", "SparringScenario", "SparringWire"]
            ),
            (
                "Sparring",
                [
                    "SparringAPI", "SparringCertificates", "SparringExchange", "SparringHTTP", "SparringJSON",
                    "SparringScenario", "SparringWire",
                ]
            ),
            ("SparringTesting", ["Sparring"]),
            (
                "SparringCassette",
                [
                    "SparringAPI", "SparringEngine", "SparringExchange", "SparringJSON", "SparringScenario",
                    "SparringWire",
                ]
            ),
            ("SparringConformance", ["SparringExchange", "SparringJSON", "SparringScenario", "SparringWire"]),
            ("SparringDriver", []),
            ("SparringReport", ["SparringConformance", "SparringJSON", "SparringScenario"]),
            ("FuzzTargets", []),
            ("EndToEnd", ["sparring", "TestSupport"]),
        ].map { (name: String, extra: [String]) in
            .testTarget(
                name: "\(name)Tests",
                dependencies: ((name == "EndToEnd" ? [] : [name]) + extra).map { .init(stringLiteral: $0) })
        }
        + [
            .testTarget(
                name: "SparringCLITests",
                dependencies: [
                    "Sparring", "SparringCLI", "SparringCertificates", "SparringExchange", "SparringHTTP",
                    "SparringCassette", "SparringJSON", "SparringStore",
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                    .product(name: "SystemPackage", package: "swift-system"),
                ]),
            .testTarget(
                name: "SparringHTTPTests",
                dependencies: [
                    "SparringAPI", "SparringEngine", "SparringExchange", "SparringHTTP", "SparringScenario",
                    "SparringWire", "TestSupport",
                    .product(name: "NIOHPACK", package: "swift-nio-http2"),
                    .product(name: "NIOCore", package: "swift-nio"),
                ]),
            .testTarget(
                name: "SparringCertificatesTests",
                dependencies: [
                    "SparringCertificates", "SparringWire",
                    .product(name: "SwiftASN1", package: "swift-asn1"),
                    .product(name: "X509", package: "swift-certificates"),
                ]),
            .testTarget(
                name: "SparringPostgresTests",
                dependencies: [
                    "SparringAPI", "SparringEngine", "SparringExchange", "SparringJSON", "SparringPostgres",
                    "SparringScenario", "SparringWire", "TestSupport",
                ]),
            .testTarget(
                name: "SparringStoreTests",
                dependencies: [
                    "SparringAPI", "SparringEngine", "SparringExchange", "SparringPostgres", "SparringStore",
                    "SparringCassette", "SparringWire", "TestSupport",
                    .product(name: "GRDB", package: "GRDB.swift"),
                ]),
        ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
        ]
}

// `make fuzz` only: the program that libFuzzer drives, and the counters of its branches in our own modules. The variable holds the path of
// libFuzzer's library.
if let library = Context.environment["SPARRING_LIBFUZZER"] {
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer", "-O"])]
    }
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Program",
            linkerSettings: [.unsafeFlags([library]), .linkedLibrary("stdc++")]))
}
