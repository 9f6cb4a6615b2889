internal import Digests
internal import Files
internal import Foundation
internal import Model

/// The checkpoints of a run: folders `step-000012000`, each with the run's state as JSON, its
/// matrices as safetensors, and a manifest with digests of both and of all inputs. A checkpoint is
/// written under another name and then renamed, so a folder of that name is complete.
struct CheckpointFolder {
    private let folder: URL
    private let keep: Int

    /// The maximum size of a text file, in bytes.
    static let textLimit = 16 << 20

    init(_ folder: URL, keep: Int) {
        self.folder = folder
        self.keep = keep
    }

    /// The folder of the newest checkpoint.
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

    /// Removes the checkpoints of later steps. Returns whether there were any.
    func removeAll(after step: Int) -> Bool {
        let later = all().filter { Self.step(of: $0) ?? 0 > step }
        for checkpoint in later { try? FileManager.default.removeItem(at: checkpoint) }
        return !later.isEmpty
    }

    /// - Parameters:
    ///   - recipe: the digest of the settings that must not change.
    ///   - inputs: all inputs of the run.
    func write(
        _ state: RunState, _ memory: TrainingMemory, recipe: Digest, inputs: [RunInput]
    ) throws {
        var state = state
        state.format = RunState.presentFormat
        let digits = String(state.step)
        let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        let target = folder.appending(path: "step-\(padded)")
        let unfinished = folder.appending(path: "unfinished")
        try? FileManager.default.removeItem(at: unfinished)
        do {
            try FileManager.default.createDirectory(
                at: unfinished, withIntermediateDirectories: true)
            let matrices = try memory.write(to: unfinished.appending(path: Self.matricesName))
            let stateBytes = try JSONEncoder().encode(state)
            try stateBytes.write(to: unfinished.appending(path: Self.stateName))
            let manifest = CheckpointManifest(
                recipe: recipe, inputs: inputs, state: Digest(of: Array(stateBytes)),
                matrices: matrices)
            try manifest.sealed().write(to: unfinished.appending(path: CheckpointManifest.fileName))
            try? FileManager.default.removeItem(at: target)
            try FileManager.default.moveItem(at: unfinished, to: target)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(unwritable: target, error)
        }
        for old in all().dropLast(keep) { try? FileManager.default.removeItem(at: old) }
    }

    private static let stateName = "state.json"
    private static let matricesName = "matrices.safetensors"

    /// Reads the state, the matrices into `memory`, and the manifest. The manifest is nil for a
    /// checkpoint of a version without manifests.
    ///
    /// - Throws: `TrainingError` or `ModelError` for a checkpoint that differs in any bit from what
    ///   was written.
    func read(
        _ checkpoint: URL, into memory: TrainingMemory
    ) throws -> (RunState, CheckpointManifest?) {
        let manifest = try CheckpointManifest.read(from: checkpoint)
        let state = try state(of: checkpoint, manifest)
        let file = checkpoint.appending(path: Self.matricesName)
        let matrices = try memory.read(from: file)
        guard manifest == nil || manifest?.matrices == matrices.hex else {
            throw TrainingError.damaged(file.path, found: "other numbers")
        }
        return (state, manifest)
    }

    private func state(of checkpoint: URL, _ manifest: CheckpointManifest?) throws -> RunState {
        let file = checkpoint.appending(path: Self.stateName).path
        let expected = "the state of a run, as a checkpoint has it"
        let bytes: [UInt8]
        do {
            bytes = try RegularFile.contents(of: file, limit: Self.textLimit)
        } catch {
            throw TrainingError.damaged(file, found: error.found, expected: expected)
        }
        guard manifest == nil || manifest?.state == Digest(of: bytes).hex else {
            throw TrainingError.damaged(file, found: "another state")
        }
        let state = try? JSONDecoder().decode(RunState.self, from: Data(bytes))
        guard let state, state.isPossible else {
            throw TrainingError.damaged(file, found: "something else", expected: expected)
        }
        guard manifest != nil || state.format == nil else {
            throw TrainingError.damaged(
                checkpoint.appending(path: CheckpointManifest.fileName).path,
                found: "no such file", expected: "the checkpoint's manifest")
        }
        return state
    }
}
