import Journal
import Storage

/// The store, read beside its writer.
struct StoreExamination: Sendable {
    enum Content: Sendable {
        case summary(StoreSummary)
        case failed(StorageError)
    }

    var path: String
    var content: Content
    var holder: StoreHolder
    /// Of the database and its log, in bytes.
    var bytes: Int
    /// Whether the daemon answers by its control socket.
    var hasDaemon: Bool

    init(
        path: String, content: Content, holder: StoreHolder, bytes: Int, hasDaemon: Bool
    ) {
        (self.path, self.content, self.holder) = (path, content, holder)
        (self.bytes, self.hasDaemon) = (bytes, hasDaemon)
    }

    /// A larger store is looked at only where that is asked for.
    private static let smallStore = 256 << 20

    /// - Parameter isThorough: look at every row, however large the store is.
    static func measured(
        path: String, bytes: Int, hasDaemon: Bool, isThorough: Bool
    ) -> StoreExamination {
        let content: Content
        do throws(StorageError) {
            let reader = try JournalReader(path: path)
            if isThorough {
                try reader.check()
            } else if bytes < smallStore {
                try reader.quickCheck()
            }
            content = .summary(try reader.summary())
        } catch {
            content = .failed(error)
        }
        return StoreExamination(
            path: path, content: content, holder: StoreHolder(storeAt: path), bytes: bytes,
            hasDaemon: hasDaemon)
    }

    var finding: DoctorFinding {
        switch content {
        case .summary(let summary): judge(summary)
        case .failed(let error): judge(error)
        }
    }

    private func judge(_ summary: StoreSummary) -> DoctorFinding {
        let found =
            "\(path): schema \(summary.schema), \(bytes.asBytes), \(summary.openStreams) streams, "
            + "requests up to position \(summary.position)"
        switch holder {
        case .process(let number) where !hasDaemon:
            return .warning(
                .store, "\(found); process \(number) writes it, and no daemon answers",
                "look at that process (`ps \(number)`): it may be another daemon, or one that starts"
            )
        case .process(let number): return .ok(.store, "\(found); process \(number) writes it")
        case .nobody: return .ok(.store, found)
        }
    }

    private func judge(_ error: StorageError) -> DoctorFinding {
        switch error.code {
        case .missing where error.part == nil && bytes == 0:
            return .ok(.store, "there is no store at \(path) yet; the first start makes it")
        case .unreadable, .readOnly:
            return .unknown(.store, "\(error)")
        case .damaged:
            return .error(
                .store, "\(error)",
                "restore a backup, or follow \"Damage\" of deploy/docs/journal.md")
        case .foreign:
            return .error(
                .store, "\(error)",
                "name another file with journal.path, or use the program that wrote it")
        default: return .error(.store, "\(error)", "see deploy/docs/journal.md")
        }
    }

    /// - Parameter limit: `journal.max_bytes`.
    func retention(maxAge: Duration?, limit: Int?) -> DoctorFinding? {
        guard case .summary(let summary) = content else { return nil }
        guard let limit else {
            return .ok(
                .retention,
                maxAge == nil
                    ? "requests are kept forever: the store grows with all that is read"
                    : "requests are kept for journal.max_age")
        }
        guard summary.usedBytes <= limit + limit / 10 else {
            return .warning(
                .retention,
                "the store has \(summary.usedBytes.asBytes), and journal.max_bytes is \(limit.asBytes)",
                "raise journal.max_bytes: what streams need to continue is kept beyond it, or the "
                    + "daemon has not had the time to delete")
        }
        return .ok(
            .retention, "the store has \(summary.usedBytes.asBytes) of \(limit.asBytes) (max_bytes)"
        )
    }
}
