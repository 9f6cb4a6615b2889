/// What stops a run, or keeps it from starting.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The recipe asks for what cannot be.
    case recipe(String)
    /// A file or folder of the run.
    case file(String, found: String, expected: String)
    /// A run's folder whose disk has too little room for its checkpoints.
    case noRoom(String, available: Int, needed: Int)
    /// Losses or gradients that are not finite, again and again.
    case diverged(step: Int, failures: Int, last: String)

    package var description: String {
        switch self {
        case .recipe(let text): text
        case .file(let path, let found, let expected):
            "\(path): found \(found); expected \(expected)"
        case .noRoom(let path, let available, let needed):
            "\(path): found \(Self.mebibytes(available)) of room; expected "
                + "\(Self.mebibytes(needed)), which the run's checkpoints and model take"
        case .diverged(let step, let failures, let last):
            "step \(step): \(last); that was the last of \(failures) such failures, each of which "
                + "halved the learning rate. A lower one, clipping or another initialiser may help"
        }
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "less than 1 MiB" : "\(bytes >> 20) MiB"
    }
}
