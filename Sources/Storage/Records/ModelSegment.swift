/// A part of an incarnation that one model read.
package struct ModelSegment: Equatable, Sendable {
    /// The model's fingerprint.
    package let model: [UInt8]
    /// The first request that it read.
    package let first: UInt64

    package init(model: [UInt8], first: UInt64) {
        self.model = model
        self.first = first
    }
}
