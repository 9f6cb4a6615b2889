import Foundation
import Journal
import Storage
import StorageSupport
import Wire

/// A store with its owner and a reader.
final class OpenStore {
    let writer: any StorageWriter
    let reader: any StorageReader
    let fence: FenceToken
    private let folder: String?
    private var batches: UInt64 = 0

    init(_ kind: StorageTests.Kind, maxAge: Double? = nil) throws {
        switch kind {
        case .memory:
            let storage = MemoryStorage(maxAge: maxAge)
            writer = storage.makeWriter()
            reader = try storage.makeReader()
            folder = nil
        case .journal:
            let folder = NSTemporaryDirectory() + "/sluice-storage-" + UUID().uuidString
            let path = folder + "/journal.sqlite"
            let options = JournalOptions(isDurable: false, retention: .init(maxAge: maxAge))
            writer = try JournalWriter(path: path, options: options)
            reader = try JournalStorage(path: path).makeReader()
            self.folder = folder
        }
        fence = try writer.acquire(.test)
    }

    deinit {
        try? writer.close()
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    @discardableResult
    func append(_ records: [StorageRecord]) throws -> StoragePosition {
        batches += 1
        return try writer.append(StorageBatch(number: batches, records), fence: fence)
    }
}

private let someModel = [UInt8](repeating: 7, count: 32)

extension RunRecord {
    static let test = RunRecord(
        started: 1, version: "1.0", model: someModel, kernelTier: "scalar", threads: 1)
}

extension StorageRecord {
    static func begin(
        _ key: StreamKey, _ name: String, number: UInt64 = 0
    ) throws -> StorageRecord {
        .began(StreamIncarnation(key: key, name: try StreamID(name), number: number, began: 2))
    }

    static func request(_ key: StreamKey, _ sequence: UInt64) -> StorageRecord {
        .request(
            RequestRecord(
                key: key, sequence: sequence, time: 3, operation: .text,
                text: Array("message \(sequence)".utf8), model: someModel))
    }

    static func checkpoint(
        _ key: StreamKey, _ sequence: UInt64, offset: UInt64 = 0, isTemporary: Bool = false
    ) -> StorageRecord {
        .checkpoint(
            CheckpointRecord(
                key: key, sequence: sequence, position: offset, epoch: 0,
                tokens: sequence * 10 + offset, time: 4, isTemporary: isTemporary,
                model: someModel, snapshot: [1, 2, 3]))
    }
}
