package import Model

/// A model cannot be measured.
package indirect enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// The model lacks the head: `next` or `sentiment`.
    case noHead(String, model: String)
    /// There is no token to measure.
    case noTokens
    /// The state or a logit was not finite. Tokens of the text count from 0.
    case notFinite(token: Int)
    case outOfMemory(ModelError)
    /// An error for that file.
    case on(file: String, EvaluationError)
    /// The user interrupted the measurement.
    case interrupted

    package var description: String {
        switch self {
        case .noHead(let head, let model):
            "\(model): found no \(head) head; expected a model with one"
        case .noTokens:
            "found no token to predict; expected a text of two or more tokens"
        case .notFinite(let token): "the network is not finite after token \(token) of the text"
        case .outOfMemory(let error): error.description
        case .on(let file, let error): "\(file): \(error)"
        case .interrupted: "interrupted"
        }
    }
}
