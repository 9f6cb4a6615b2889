import Engine
package import Foundation
import Kernels
package import Model
import Names
import Storage
import Synchronization

/// Finds the models that read streams in the folders where they may be, and loads each folder once.
/// Threads may share it.
package final class ModelCache: Sendable {
    /// What was found in a folder.
    private enum Found {
        case model(Model)
        case nothing(String)
    }

    private struct State {
        var folders: [Name: Found] = [:]
        var models: [Fingerprint: Model] = [:]
    }

    private let given: [URL]
    private let shipped: URL?
    private let hasInputTables: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - given: folders named by the user, searched first.
    ///   - shipped: searched last.
    ///   - hasInputTables: reads long texts faster; loads more slowly.
    package init(given: [URL] = [], shipped: URL? = nil, hasInputTables: Bool = false) {
        self.given = given
        self.shipped = shipped
        self.hasInputTables = hasInputTables
    }

    /// Adds a loaded model.
    package func add(_ model: Model) {
        state.withLock { $0.models[model.fingerprint] = model }
    }

    /// The model with this fingerprint.
    ///
    /// - Parameter recorded: the folder that it was last loaded from.
    /// - Throws: `MissingModelError` with all folders that were searched.
    package func model(
        _ fingerprint: Fingerprint, recorded: String?
    ) throws(MissingModelError) -> Model {
        if let model = state.withLock({ $0.models[fingerprint] }) { return model }
        let recorded = recorded.flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
        var others: [MissingModelError.Folder] = []
        for folder in given + [recorded, shipped].compactMap(\.self) {
            let path = folder.standardizedFileURL.path(percentEncoded: false)
            guard !others.contains(where: { Name($0.path) == Name(path) }) else { continue }
            switch look(into: folder, path) {
            case .model(let model) where model.fingerprint == fingerprint: return model
            case .model(let model):
                others.append(.init(path: path, found: "has \(model.fingerprint.short)"))
            case .nothing(let reason): others.append(.init(path: path, found: reason))
            }
        }
        throw MissingModelError(
            fingerprint: fingerprint,
            recorded: recorded?.standardizedFileURL.path(percentEncoded: false), folders: others)
    }

    /// The model with this fingerprint if it is cached, or else that of a folder made for it, which is
    /// removed after loading.
    ///
    /// - Parameter makeFolder: gives nil where the model has no files.
    func model(
        _ fingerprint: Fingerprint, orOf makeFolder: () throws -> TemporaryModelFolder?
    ) throws -> Model? {
        try state.withLock { state in
            if let model = state.models[fingerprint] { return model }
            guard let folder = try makeFolder() else { return nil }
            let model = try Model.load(from: folder.url, inputTable: kernels)
            state.models[model.fingerprint] = model
            return model.fingerprint == fingerprint ? model : nil
        }
    }

    private func look(into folder: URL, _ path: String) -> Found {
        state.withLock { state in
            if let found = state.folders[Name(path)] { return found }
            let found = load(folder)
            state.folders[Name(path)] = found
            if case .model(let model) = found { state.models[model.fingerprint] = model }
            return found
        }
    }

    private var kernels: Kernels? { hasInputTables ? try? Kernels(tier: .best) : nil }

    private func load(_ folder: URL) -> Found {
        do throws(ModelError) {
            return .model(try Model.load(from: folder, inputTable: kernels))
        } catch {
            return .nothing(
                error.code == .unreadable ? "has no readable model" : "is damaged: \(error)"
            )
        }
    }
}
