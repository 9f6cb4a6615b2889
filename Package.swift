// swift-tools-version: 6.2

import PackageDescription

/// Every Swift target: strict memory safety, no warning let through, explicit imports.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Optimised in debug builds too, so that tests stay quick; every check stays in place but `assert`.
let optimised = strict + [.unsafeFlags(["-O"])]

/// With `assert` in debug builds, and so in tests: for innermost loops over unchecked memory.
let asserting =
    optimised + [.unsafeFlags(["-assert-config", "Debug"], .when(configuration: .debug))]

/// The fuzzer is built only by deploy/fuzz, which instruments everything for it.
let hasFuzzer = Context.environment["SLUICE_FUZZER"] != nil

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])]
        + (hasFuzzer ? [.executable(name: "Fuzzer", targets: ["Fuzzer"])] : []),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CClock"),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CLZMA", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CUTF8Proc", providers: [.apt(["libutf8proc-dev"])]),
        // -O3 also in debug builds, so that tests of the numbers stay quick.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),
        .target(name: "CReportPage", exclude: ["Page"]),
        .target(name: "Threads", dependencies: ["CLinux", "Files"], swiftSettings: optimised),
        .target(name: "Metrics", swiftSettings: optimised),
        .target(name: "RateLimits", swiftSettings: optimised),
        .target(
            name: "ZeroMQ",
            dependencies: [
                "CLinux", "CZeroMQ", "Curve", "Metrics", "Names", "RateLimits", "Threads",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: optimised),
        .target(name: "Kernels", dependencies: ["CKernels"], swiftSettings: optimised),
        .target(name: "StrictJSON", dependencies: ["NearestName"], swiftSettings: optimised),
        .target(name: "Names", swiftSettings: optimised),
        .target(name: "Randomness", swiftSettings: optimised),
        .target(name: "NearestName", swiftSettings: strict),
        .target(name: "PlainText", swiftSettings: strict),
        .target(name: "Digests", dependencies: ["CSodium"], swiftSettings: optimised),
        .target(name: "Files", swiftSettings: strict),
        .target(name: "Curve", dependencies: ["CSodium", "Files"], swiftSettings: optimised),
        .target(
            name: "Terminal", dependencies: ["CUTF8Proc", "Files", "PlainText", "Threads"],
            swiftSettings: strict),
        .target(
            name: "Tokenizer", dependencies: ["Files", "PlainText", "StrictJSON"],
            swiftSettings: optimised),
        .target(
            name: "Model",
            dependencies: [
                "Digests", "Files", "Kernels", "NearestName", "PlainText", "Randomness",
                "StrictJSON", "Tokenizer",
            ],
            swiftSettings: optimised),
        .target(
            name: "DefaultModel", resources: [.copy("english")], swiftSettings: strict),
        .target(name: "Wire", dependencies: ["Names", "StrictJSON"], swiftSettings: optimised),
        .target(name: "Storage", dependencies: ["Names", "Wire"], swiftSettings: optimised),
        .target(
            name: "Journal",
            dependencies: [
                "Digests", "Files", "Names", "Storage", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "Engine",
            dependencies: [
                "CLinux", "Digests", "Kernels", "Metrics", "Model", "Names", "Storage", "Threads",
                "Tokenizer", "Wire",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: optimised),
        .target(
            name: "Replay",
            dependencies: [
                "Engine", "Files", "Journal", "Kernels", "Model", "Names", "NearestName", "Storage",
                "Threads", "Wire",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: optimised),
        .target(
            name: "Debugger",
            dependencies: [
                "CPCRE2", "Engine", "Kernels", "Model", "NearestName", "Replay", "Storage",
                "Tokenizer", "Wire",
            ],
            swiftSettings: optimised),
        .target(
            name: "Report",
            dependencies: [
                "CReportPage", "Engine", "Files", "Kernels", "Model", "Replay", "Storage",
                "Tokenizer", "Wire",
            ],
            swiftSettings: optimised),
        .target(
            name: "StrictTOML",
            dependencies: [
                "Files", "NearestName", "PlainText",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: strict),
        .target(
            name: "Training",
            dependencies: [
                "CLZMA", "Digests", "Files", "Kernels", "Model", "PlainText", "Plots",
                "Randomness", "StrictJSON", "StrictTOML", "Tokenizer",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: asserting),
        .target(name: "Plots", swiftSettings: strict),
        .target(
            name: "Client",
            dependencies: [
                "CLinux", "Files", "Names", "PlainText", "Terminal", "Threads", "Wire", "ZeroMQ",
            ],
            swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                "Curve", "Engine", "Files", "HTTP", "Journal", "Kernels", "Metrics", "Model",
                "Names", "PlainText", "RateLimits", "Replay", "Storage", "StrictJSON", "StrictTOML",
                "Threads", "Wire", "ZeroMQ",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: optimised),
        .target(
            name: "HTTP", dependencies: ["Digests", "Files", "Metrics", "Threads"],
            swiftSettings: optimised),
        .target(
            name: "Doctor",
            dependencies: [
                "CClock", "CLinux", "Curve", "Daemon", "Engine", "Files", "HTTP", "Journal",
                "Kernels", "Model", "PlainText", "Storage", "StrictTOML", "ZeroMQ",
            ],
            swiftSettings: strict),
        .target(
            name: "Bench",
            dependencies: [
                "Client", "Curve", "Engine", "Files", "Journal", "Kernels", "Metrics", "Model",
                "Randomness", "Storage", "Threads", "Wire", "ZeroMQ",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Bench", "Client", "Curve", "Daemon", "Debugger", "DefaultModel", "Doctor",
                "Engine",
                "Files", "HTTP",
                "Journal", "Kernels", "Model", "Names", "NearestName", "PlainText", "Plots",
                "Replay", "Report", "Storage", "StrictTOML", "Terminal", "Threads", "Tokenizer",
                "Training", "Wire", "ZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "DefaultModel", "Files", "Kernels", "Model", "Randomness", "Tokenizer",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        // A store and what was published, for the tests of the engine and of replay.
        .target(
            name: "RecordingSupport",
            dependencies: [
                "Engine", "Journal", "Model", "Replay", "Storage", "TestSupport", "Tokenizer",
                "Wire",
            ],
            path: "Tests/RecordingSupport", swiftSettings: strict),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads"], swiftSettings: strict),
        .testTarget(
            name: "HTTPTests", dependencies: ["HTTP", "Metrics", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"], swiftSettings: strict),
        .testTarget(
            name: "RateLimitsTests", dependencies: ["Randomness", "RateLimits"],
            swiftSettings: strict),
        .testTarget(
            name: "ZeroMQTests",
            dependencies: ["Curve", "Metrics", "TestSupport", "Threads", "ZeroMQ"],
            swiftSettings: strict),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "Randomness"], swiftSettings: strict),
        // A client written out by hand.
        .target(
            name: "CurveSupport", dependencies: ["Curve"], path: "Tests/CurveSupport",
            swiftSettings: strict),
        .testTarget(
            name: "CurveTests", dependencies: ["Curve", "CurveSupport", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["PlainText", "Terminal", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StrictJSONTests", dependencies: ["StrictJSON", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "StrictTOMLTests", dependencies: ["NearestName", "StrictTOML", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TokenizerTests", dependencies: ["TestSupport", "Tokenizer"],
            exclude: ["Fixtures", "Generators"], swiftSettings: strict),
        .testTarget(
            name: "ModelTests",
            dependencies: ["DefaultModel", "Kernels", "Model", "TestSupport", "Tokenizer"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["Names", "TestSupport", "Wire"],
            swiftSettings: strict),
        // A store in memory, for the tests of storage and of the engine.
        .target(
            name: "StorageSupport", dependencies: ["Names", "Storage", "Wire"],
            path: "Tests/StorageSupport", swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Journal", "Storage", "StorageSupport", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "JournalTests",
            dependencies: [
                "Digests", "Journal", "Names", "Storage", "StorageSupport", "TestSupport", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Digests", "Engine", "Journal", "Kernels", "Metrics", "Model", "Names",
                "RecordingSupport", "Replay", "Storage", "StorageSupport", "TestSupport",
                "Threads", "Tokenizer", "Wire",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "Digests", "Engine", "Journal", "Kernels", "Model", "RecordingSupport", "Replay",
                "Storage", "TestSupport", "Wire",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportTests",
            dependencies: [
                "Engine", "Kernels", "Model", "Report", "TestSupport", "Tokenizer", "Wire",
            ],
            exclude: ["Browser"], swiftSettings: strict),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Client", "Files", "Names", "PlainText", "Terminal", "TestSupport", "Wire",
                "ZeroMQ",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Curve", "Daemon", "Engine", "HTTP", "Journal", "Kernels", "Metrics", "Model",
                "Names",
                "Storage", "StrictTOML", "TestSupport", "Threads", "Wire", "ZeroMQ",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DoctorTests",
            dependencies: [
                "Curve", "Daemon", "Doctor", "Journal", "Kernels", "Model", "TestSupport", "ZeroMQ",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BenchTests",
            dependencies: [
                "Bench", "Client", "DefaultModel", "Engine", "Kernels", "Model", "Names",
                "TestSupport", "Tokenizer",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DebuggerTests",
            dependencies: [
                "Debugger", "Engine", "Kernels", "Model", "RecordingSupport", "Replay",
                "TestSupport", "Wire",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Digests", "Kernels", "Model", "Randomness", "StrictTOML", "TestSupport",
                "Tokenizer", "Training",
            ],
            exclude: ["Fixtures", "Generators"], swiftSettings: strict),
        .testTarget(
            name: "PlotsTests", dependencies: ["Plots", "TestSupport"], swiftSettings: strict),
        // What reads bytes from outside, with the properties that hold for all bytes.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Curve", "CurveSupport", "Daemon", "Digests", "Engine", "Files", "HTTP", "Journal",
                "Model", "RecordingSupport", "Replay", "Storage", "StrictJSON", "StrictTOML",
                "TestSupport", "Tokenizer", "Training", "Wire", "ZeroMQ",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/FuzzTargets", swiftSettings: strict),
        .testTarget(
            name: "FuzzTargetsTests", dependencies: ["Curve", "FuzzTargets"], exclude: ["Corpus"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            // They import no `sluice`, but run its executable.
            dependencies: [
                "Engine", "Journal", "Model", "Replay", "Report", "Storage", "TestSupport", "Wire",
                "ZeroMQ", "sluice",
            ],
            swiftSettings: strict),
    ]
        + (hasFuzzer
            ? [
                .executableTarget(
                    name: "Fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzzer",
                    exclude: ["json.dict", "toml.dict"],
                    swiftSettings: strict)
            ] : []),
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)
