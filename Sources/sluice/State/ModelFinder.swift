import DefaultModel
import Foundation
import Model
import Storage

/// Finds the model of a state by its fingerprint.
struct ModelFinder {
    private let isGiven: Bool
    private let folders: [(fingerprint: [UInt8]?, url: URL)]

    /// - Parameters:
    ///   - given: the folder that the user names; the only one searched.
    ///   - stored: the models recorded in a store.
    init(given: String?, stored: [ModelRecord] = []) throws {
        isGiven = given != nil
        if let given {
            folders = [(nil, URL(filePath: given))]
        } else {
            folders =
                stored.map { ($0.fingerprint, URL(filePath: $0.folder)) }
                + [(nil, try DefaultModel.folder)]
        }
    }

    /// - Throws: `StateError.noModel` if none of the folders has it; `ModelError` for the folder that
    ///   the user named.
    func model(_ fingerprint: Fingerprint) throws -> Model {
        for folder in folders
        where folder.fingerprint == nil || folder.fingerprint == fingerprint.bytes {
            do throws(ModelError) {
                let model = try Model.load(from: folder.url)
                if model.fingerprint == fingerprint { return model }
            } catch {
                if isGiven { throw error }
            }
        }
        throw StateError.noModel(
            fingerprint, looked: folders.map { $0.url.path(percentEncoded: false) })
    }

    /// Nil if it is not found and the user named no folder.
    func modelIfFound(_ fingerprint: Fingerprint) throws -> Model? {
        do {
            return try model(fingerprint)
        } catch let error as StateError {
            if isGiven { throw error }
            return nil
        }
    }
}
