package import Model

/// Why a model could not be measured.
package indirect enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// The model lacks what is measured: `next` or `sentiment`.
    case noHead(String, model: String)
    /// What is asked for is not to be had of models of this kind.
    case unsupported(String, model: String)
    /// Nothing to measure on.
    case noTokens
    /// The state or a logit was not finite; tokens of the text count from 0.
    case notFinite(token: Int)
    case outOfMemory(ModelError)
    /// One of these, met on that file.
    case on(file: String, EvaluationError)
    /// The user has had enough.
    case interrupted

    package var description: String {
        switch self {
        case .noHead(let head, let model):
            "\(model): found no \(head) head; expected a model with one"
        case .unsupported(let what, let model): "\(model): \(what)"
        case .noTokens:
            "found no token that another one comes before; expected a text of two or more"
        case .notFinite(let token): "the network is not finite after token \(token) of the text"
        case .outOfMemory(let error): error.description
        case .on(let file, let error): "\(file): \(error)"
        case .interrupted: "interrupted"
        }
    }
}
