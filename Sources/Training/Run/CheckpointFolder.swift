internal import Foundation
internal import Model

/// A run's checkpoints: folders `step-000012000`, each with the run's state as JSON and its matrices as
/// safetensors. One is written under another name first, so that a folder of that name is whole.
struct CheckpointFolder {
    private let folder: URL
    private let keep: Int

    init(_ folder: URL, keep: Int) {
        self.folder = folder
        self.keep = keep
    }

    /// The newest one's folder, if there is any.
    func newest() -> URL? { all().last }

    private func all() -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).filter { Self.step(of: $0) != nil }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private static func step(of checkpoint: URL) -> Int? {
        let name = checkpoint.lastPathComponent
        guard name.hasPrefix("step-"), name.count >= 14 else { return nil }
        return Int(name.dropFirst(5))
    }

    /// Removes those of later steps; tells whether there were any.
    func removeAll(after step: Int) -> Bool {
        let later = all().filter { Self.step(of: $0) ?? 0 > step }
        for checkpoint in later { try? FileManager.default.removeItem(at: checkpoint) }
        return !later.isEmpty
    }

    func write(_ state: RunState, _ memory: TrainingMemory) throws {
        let digits = String(state.step)
        let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        let target = folder.appending(path: "step-\(padded)")
        let unfinished = folder.appending(path: "unfinished")
        try? FileManager.default.removeItem(at: unfinished)
        do {
            try FileManager.default.createDirectory(
                at: unfinished, withIntermediateDirectories: true)
            try memory.write(to: unfinished.appending(path: "matrices.safetensors"))
            try JSONEncoder().encode(state).write(to: unfinished.appending(path: "state.json"))
            try? FileManager.default.removeItem(at: target)
            try FileManager.default.moveItem(at: unfinished, to: target)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(unwritable: target, error)
        }
        for old in all().dropLast(keep) { try? FileManager.default.removeItem(at: old) }
    }

    func read(_ checkpoint: URL, into memory: TrainingMemory) throws -> RunState {
        let file = checkpoint.appending(path: "state.json")
        let data = try? Data(contentsOf: file)
        guard let data, let state = try? JSONDecoder().decode(RunState.self, from: data) else {
            throw TrainingError.file(
                file.path, found: data == nil ? "no file that can be read" : "something else",
                expected: "the state of a run, as a checkpoint has it; without this folder, the "
                    + "run goes on from the checkpoint before")
        }
        try memory.read(from: checkpoint.appending(path: "matrices.safetensors"))
        return state
    }
}
