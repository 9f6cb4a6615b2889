/// A source of weights: a file or a random generator.
package protocol WeightSource {
    /// The values of one tensor, row-major: exactly `spec.count`, all finite.
    func values(of spec: TensorSpec) throws(ModelError) -> [Float]
}
