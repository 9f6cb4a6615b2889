/// What a stream's step was made from.
package struct StepInput: Sendable {
    package let token: Int32
    /// h0, c0, h1, c1, … before it.
    package let values: [Float]
}
