internal import Digests
internal import Foundation
internal import Glibc
internal import Storage

/// How much has been committed, in a file of its own beside the database: what SQLite cannot know
/// of itself. A database that lost its end (an old copy, an empty file, a log that is gone or whose
/// frames no longer match their checksums, which SQLite drops in silence) holds less than its
/// ledger says and is refused.
///
/// 64 bytes, all numbers little-endian:
///
///     0    8   "sluiclg1"
///     8    8   store      as in the table `journal`
///     16   8   commits    transactions that have been committed
///     24   8   position   the highest position of a request among them
///     32   8   durable    of these transactions so many are on the disk for certain
///     40   8   boot       the first 8 bytes of the digest of the system's boot id; 0: unknown
///     48   8   unused, 0
///     56   8   checksum   the first 8 bytes of the BLAKE2b-256 digest of the 56 before
///
/// It is written after the commit and never synced. That is enough. While the system runs, every
/// process sees what was written. After a power loss the disk holds the ledger as it was at this
/// commit or at an earlier one (64 bytes within one sector are written wholly or not), and never as
/// it will be after a commit that is not on the disk, because a durable commit returns only once
/// SQLite's log is. So it never says more than the database holds.
///
/// Relaxed commits (`synchronous = NORMAL`) may be lost with the power, and the ledger may know of
/// them. Therefore it also counts the durable ones, and names the boot it was written in: in the
/// same boot nothing may be missing; in a later one only what was never durable.
struct Ledger: Equatable {
    static let byteCount = 64
    private static let magic = Array("sluiclg1".utf8)

    var store: UInt64
    var commits: UInt64
    var position: Int64
    var durable: UInt64
    var boot: UInt64

    /// What `state` lacks that the ledger knows of.
    ///
    /// - Returns: how many relaxed commits went with the power.
    func check(_ state: StoreState, _ files: StoreFiles) throws(StorageError) -> UInt64 {
        guard state.store == store else {
            throw refusal(files, "the ledger beside it belongs to another store")
        }
        guard state.commits < commits || state.position < position else { return 0 }
        let isPowerLoss = boot != 0 && Self.currentBoot != 0 && boot != Self.currentBoot
        if isPowerLoss && state.commits >= durable { return commits - state.commits }
        throw refusal(
            files,
            "it holds \(state.commits) commits and requests up to position \(state.position), "
                + "but \(commits) commits and requests up to \(position) had been written")
    }

    /// How to continue is the same whatever is missing.
    func refusal(_ files: StoreFiles, _ found: String) -> StorageError {
        StorageError(
            .damaged, in: files.database,
            found + "; restore the database with its -wal file as they were, "
                + "or delete \(files.ledger) to continue with what is there")
    }

    var bytes: [UInt8] {
        var bytes = Self.magic
        for number in [store, commits, UInt64(bitPattern: position), durable, boot, 0] {
            bytes.append(littleEndian: number)
        }
        return bytes + Digest(of: bytes).bytes.prefix(8)
    }

    init(_ state: StoreState, durable: UInt64) {
        store = state.store
        commits = state.commits
        position = state.position
        self.durable = durable
        boot = Self.currentBoot
    }

    /// - Returns: nil where the bytes are no ledger.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic),
            bytes.suffix(8) == Digest(of: Array(bytes.prefix(56))).bytes.prefix(8)
        else { return nil }
        let numbers = (1..<6).map { bytes[...].readUInt64(at: $0 * 8) }
        store = numbers[0]
        commits = numbers[1]
        position = Int64(bitPattern: numbers[2])
        durable = numbers[3]
        boot = numbers[4]
    }

    /// - Returns: nil where there is no ledger.
    static func read(_ files: StoreFiles) throws(StorageError) -> Ledger? {
        guard let bytes = try StoreFiles.contents(of: files.ledger, atMost: byteCount + 1) else {
            return nil
        }
        guard let ledger = Ledger(bytes) else {
            throw StorageError(
                .damaged, in: files.ledger,
                "the ledger is not what was written; if the database is known to be whole, "
                    + "delete the ledger to continue with what is there")
        }
        return ledger
    }

    private static let currentBoot: UInt64 = {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let text = FileManager.default.contents(atPath: path), !text.isEmpty else { return 0 }
        return Digest(of: Array(text)).bytes[...].readUInt64(at: 0)
    }()
}
