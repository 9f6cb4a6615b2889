/// What stops a run, or keeps it from starting.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The recipe asks for what cannot be.
    case recipe(String)
    /// A file or folder of the run.
    case file(String, found: String, expected: String)
    /// A run's folder whose disk has too little room for its checkpoints.
    case noRoom(String, available: Int, needed: Int)
    /// Inputs of a run with other content than it was begun with.
    case changedInputs([InputChange])
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
        case .changedInputs(let changes):
            changes.map(\.description).joined(separator: "\n")
                + "\nexpected the same content, or --allow-changed-inputs, with which the run goes on "
                + "and says so in its log and on its model's card"
                + (changes.contains { $0.key == StartingWeights.key }
                    ? "; a run that goes on reads no start, so the recipe may leave it out" : "")
        case .diverged(let step, let failures, let last):
            "step \(step): \(last); that was the last of \(failures) such failures, each of which "
                + "halved the learning rate. A lower one, clipping or another initialiser may help"
        }
    }

    /// A file of a checkpoint that is not as it was written.
    static func damaged(
        _ path: String, found: String, expected: String = "what was written there"
    ) -> TrainingError {
        .file(
            path, found: found,
            expected: "\(expected); without its checkpoint's folder, the run goes on from the "
                + "checkpoint before")
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "less than 1 MiB" : "\(bytes >> 20) MiB"
    }
}
