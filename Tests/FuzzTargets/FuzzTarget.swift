/// Something that reads bytes from outside, with the properties that hold for all bytes.
package struct FuzzTarget: Sendable {
    /// Reads bytes. Throws `BrokenProperty` if something is not as it must be.
    package typealias Check = (_ bytes: [UInt8]) throws -> Void

    package let name: String
    /// Inputs to begin with, which lead deep into the code.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// Makes what the inputs of one thread share.
    package let makeCheck: @Sendable () throws -> Check

    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        makeCheck: @escaping @Sendable () throws -> Check
    ) {
        self.name = name
        self.seeds = seeds
        self.makeCheck = makeCheck
    }

    /// In alphabetical order.
    package static let all: [FuzzTarget] = [
        BundleTarget.target, ConfigTarget.target, ControlTarget.target, CurveTarget.target,
        EventsTarget.target, FramesTarget.target, HeaderTarget.target, HTTPTarget.target,
        InputTarget.target, KeysTarget.target, RowsTarget.target, SafetensorsTarget.target,
        SnapshotTarget.target, StoreTarget.target, TOMLTarget.target, TokenizerTarget.target,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
