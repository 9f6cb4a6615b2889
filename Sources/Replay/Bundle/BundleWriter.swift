import Engine
import Files
import Foundation
import Glibc
import Journal
import Model
import Storage

/// Writes one session with all that its replay needs as one file: a store of that incarnation alone,
/// with the files of its models.
package final class BundleWriter {
    private let session: Session
    /// The checkpoint to begin from; nil for the incarnation's beginning.
    private let beginning: StreamSnapshot?
    private let writer: JournalWriter
    private let draft: String
    /// Runs that have not begun yet, and the time at which the present one stopped.
    private var runs: ArraySlice<RunRecord>
    private var stopped: Double?
    private var models: [[UInt8]] = []
    private var summary = Summary()

    /// What was written.
    package struct Summary: Equatable, Sendable {
        package var requests = 0
        package var checkpoints = 0
        /// Fingerprints.
        package var models: [String] = []
        package var bytes = 0
    }

    /// The incarnation's number in the bundle, the only one there.
    private static let key: StreamKey = 1
    private static let portion = 256
    /// Bytes of a file in one row.
    private static let partBytes = 8 << 20

    /// Writes a session from the nearest checkpoint before `place` on.
    ///
    /// - Throws: `StorageError`, also where there is a file at `path` already; `MissingModelError`.
    package static func write(
        _ session: Session, to path: String, from place: SessionPlace = .start
    ) throws -> Summary {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StorageError(.io, in: path, "there is a file already; name another")
        }
        let draft = NewFile.draft(of: path)
        defer { removeDraft(draft) }
        let bundle = try BundleWriter(session, place, draft: draft)
        try bundle.writeAll()
        var summary = bundle.summary
        try check(draft, session)
        summary.bytes = try FileManager.default.attributesOfItem(atPath: draft)[.size] as? Int ?? 0
        try move(draft, to: path)
        return summary
    }

    private init(_ session: Session, _ place: SessionPlace, draft: String) throws {
        self.session = session
        self.draft = draft
        beginning = try session.beginning(of: session.resolved(place))
        runs = try session.reader.runs()[...]
        var options = JournalOptions()
        options.isDurable = false
        writer = try JournalWriter(path: draft, options: options)
    }

    private func writeAll() throws {
        let incarnation = StreamIncarnation(
            key: Self.key, name: session.stream, number: session.incarnation.number,
            began: session.incarnation.began)
        try writer.begin(incarnation, cut: beginning?.sequence ?? 0)
        try writeRequests()
        try writeCheckpoints()
        if let ended = session.status.ended { try writer.write([.ended(Self.key, time: ended)]) }
        for model in models { try writeFiles(of: model) }
        try writer.closeAsOneFile()
    }

    // MARK: Records

    private func writeRequests() throws {
        var feed = RequestFeed(session, from: beginning?.sequence ?? 0)
        var entries: [StorageRecord] = []
        while let request = try feed.take(), request.record.sequence < session.status.nextSequence {
            if let run = takeRun(at: request.record.time) {
                try flush(&entries)
                try begin(run)
            }
            if !models.contains(request.record.model) { models.append(request.record.model) }
            entries += Self.entries(of: request)
            summary.requests += 1
            if entries.count >= Self.portion { try flush(&entries) }
        }
        try flush(&entries)
        try endRun()
    }

    private func flush(_ entries: inout [StorageRecord]) throws {
        try writer.write(entries)
        entries.removeAll()
    }

    private static func entries(of request: SessionRequest) -> [StorageRecord] {
        var record = request.record
        record.key = key
        guard var outcome = request.outcome else { return [.request(record)] }
        outcome.key = key
        return [.request(record), .outcome(outcome)]
    }

    /// The run in which a request was accepted, if none before it was in the same.
    private func takeRun(at time: Double) -> RunRecord? {
        // Those before it had no request of this incarnation.
        guard let index = runs.lastIndex(where: { $0.started <= time }) else { return nil }
        defer { runs = runs[(index + 1)...] }
        return runs[index]
    }

    private func begin(_ run: RunRecord) throws {
        try endRun()
        var begun = run
        begun.stopped = nil
        try writer.beginRun(begun)
        stopped = run.stopped
    }

    private func endRun() throws {
        if let time = stopped { try writer.endRun(at: time) }
        stopped = nil
    }

    /// No later checkpoint replaces one of these: all are kept.
    private func writeCheckpoints() throws {
        for place in try session.reader.checkpoints(of: session.key)
        where (place.sequence, place.position)
            >= (beginning?.sequence ?? 0, beginning?.position ?? 0)
        {
            let stored = try session.reader.checkpoint(of: session.key, at: place.place)
            guard var checkpoint = stored else { continue }
            checkpoint.key = Self.key
            checkpoint.isTemporary = false
            try writer.write([.checkpoint(checkpoint)])
            summary.checkpoints += 1
        }
    }

    // MARK: Models

    private func writeFiles(of fingerprint: [UInt8]) throws {
        let model = try session.store.model(fingerprint)
        summary.models.append(model.fingerprint.hex)
        let record = try session.reader.models().first { $0.fingerprint == fingerprint }
        if let record { try writer.write([.model(record)]) }
        let names = try session.reader.fileNames(ofModel: fingerprint)
        if names.isEmpty {
            try writeFolder(model)
        } else {
            for name in names { try copyFile(name, of: fingerprint) }
        }
    }

    private func copyFile(_ name: String, of fingerprint: [UInt8]) throws {
        var part = 0
        while let bytes = try session.reader.filePart(ofModel: fingerprint, name, part) {
            try writer.writeFile(ofModel: fingerprint, name, part: part, bytes)
            part += 1
        }
    }

    private func writeFolder(_ model: Model) throws {
        for name in TemporaryModelFolder.fileNames {
            let file = model.folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
                continue
            }
            do {
                let handle = try FileHandle(forReadingFrom: file)
                var part = 0
                while let data = try handle.read(upToCount: Self.partBytes), !data.isEmpty {
                    try writer.writeFile(
                        ofModel: model.fingerprint.bytes, name, part: part, Array(data))
                    part += 1
                }
                try handle.close()
            } catch let error as StorageError {
                throw error
            } catch {
                throw StorageError(
                    .unreadable, in: file.path(percentEncoded: false),
                    "the model's file cannot be read: \(error.localizedDescription)")
            }
        }
    }

    // MARK: The file

    /// Checks that the bundle's models can be loaded from it.
    private static func check(_ draft: String, _ session: Session) throws {
        let bundle = try SessionStore(JournalStorage(path: draft), models: ModelCache())
        let copy = try bundle.session(of: session.stream, incarnation: session.incarnation.number)
        for segment in try copy.segments() { _ = try bundle.model(segment.model) }
    }

    /// Overwrites no file that was created meanwhile, where the file system has links.
    private static func move(_ draft: String, to path: String) throws {
        do throws(Errno) {
            try NewFile.move(draft, toNew: path)
        } catch {
            throw StorageError(.io, in: path, "the bundle cannot be put there: \(error)")
        }
    }

    private static func removeDraft(_ draft: String) {
        for suffix in ["", "-wal", "-shm", "-ledger", "-lock", "-journal"] {
            _ = unsafe unlink(draft + suffix)
        }
    }
}
