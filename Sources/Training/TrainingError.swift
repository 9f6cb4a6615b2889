/// An error that stops a run or keeps it from starting.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A contradiction in the recipe.
    case recipe(String)
    /// An unsuitable file or folder.
    case file(String, found: String, expected: String)
    /// Too little disk space for the checkpoints.
    case noRoom(String, available: Int, needed: Int)
    /// Inputs whose content has changed since the run began.
    case changedInputs([InputChange])
    /// Losses or gradients that are repeatedly not finite.
    case diverged(step: Int, failures: Int, last: String)

    package var description: String {
        switch self {
        case .recipe(let text): text
        case .file(let path, let found, let expected):
            "\(path): found \(found); expected \(expected)"
        case .noRoom(let path, let available, let needed):
            "\(path): found \(Self.mebibytes(available)) of free space; expected "
                + "\(Self.mebibytes(needed)) for the run's checkpoints and model"
        case .changedInputs(let changes):
            changes.map(\.description).joined(separator: "\n")
                + "\nexpected the same content, or --allow-changed-inputs, which continues the run "
                + "and records the change in its log and on its model's card"
                + (changes.contains { $0.key == StartingWeights.key }
                    ? "; a resumed run does not read start, so the recipe may omit it" : "")
        case .diverged(let step, let failures, let last):
            "step \(step): \(last); this was the last of \(failures) such failures, each of which "
                + "halved the learning rate. A lower rate, clipping or another initialisation may help"
        }
    }

    /// A damaged file of a checkpoint.
    static func damaged(
        _ path: String, found: String, expected: String = "what was written there"
    ) -> TrainingError {
        .file(
            path, found: found,
            expected: "\(expected); without its checkpoint's folder, the run resumes from the "
                + "previous checkpoint")
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "less than 1 MiB" : "\(bytes >> 20) MiB"
    }
}
