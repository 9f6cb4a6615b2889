/// The name and the shape of a tensor. All weights are float32, row-major.
package struct TensorSpec: Encodable, Sendable, Equatable {
    package let name: String
    package let shape: [Int]

    package init(_ name: String, _ shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    package var count: Int { shape.reduce(1, *) }
    /// The text in errors and `inspect`: `F32 [1024, 256]`.
    package var summary: String { "F32 \(shape)" }
}
