import Daemon
import Files
import Glibc

/// How long the disk of the store takes to have a small write for certain.
struct SyncTimes: Equatable, Sendable {
    /// In order of length.
    let times: [Duration]

    init(_ times: [Duration]) { self.times = times.sorted() }

    var median: Duration { quantile(0.5) }
    var slowest: Duration { quantile(0.99) }

    private func quantile(_ share: Double) -> Duration {
        guard !times.isEmpty else { return .zero }
        return times[min(times.count - 1, Int(Double(times.count) * share))]
    }

    private static let longest = Duration.seconds(2)

    /// Writes and synchronises a page, again and again, in a file of that folder that has no name, so
    /// that nothing is left of it however this ends.
    ///
    /// - Throws: `Errno`.
    static func measured(
        inFolder folder: String, samples: Int
    ) throws(Errno) -> SyncTimes {
        let file = try temporaryFile(folder)
        let page = [UInt8](repeating: 0x5A, count: 4096)
        var times: [Duration] = []
        let begin = ContinuousClock.now
        for index in 0..<samples where ContinuousClock.now - begin < longest {
            let start = ContinuousClock.now
            try file.write(page, at: index * page.count)
            guard fdatasync(file.number) == 0 else { throw .last }
            times.append(ContinuousClock.now - start)
        }
        return SyncTimes(times)
    }

    private static func temporaryFile(_ folder: String) throws(Errno) -> FileDescriptor {
        // O_TMPFILE, which the Swift module does not have: open(2).
        let unnamed = O_RDWR | 0o20_000_000 | O_DIRECTORY
        do throws(Errno) {
            return try FileDescriptor(folder, unnamed, permissions: 0o600)
        } catch {
            guard [EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(error.code) else { throw error }
        }
        let path = "\(folder)/.sluice-doctor-\(getpid())"
        let file = try FileDescriptor(
            path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: 0o600)
        _ = unsafe unlink(path)
        return file
    }

    /// - Parameters:
    ///   - interval: `journal.commit_every`.
    ///   - isDurable: an acknowledgement waits for the disk.
    func finding(interval: Duration, isDurable: Bool) -> DoctorFinding {
        let measured =
            "a commit waits \(median.asAmount) for the disk in the median, and \(slowest.asAmount) at "
            + "p99 (\(times.count) samples); journal.commit_every is \(interval.asAmount)"
        guard isDurable else {
            return .ok(.fsync, measured + "; with this durability no answer waits for it")
        }
        if median > max(interval * 4, .milliseconds(20)) {
            return .warning(
                .fsync, measured,
                "use a disk with a cache that survives power failures: each acknowledgement waits this "
                    + "long; many messages in one commit keep the throughput")
        }
        if slowest > .milliseconds(500) {
            return .warning(
                .fsync, measured,
                "look for other programs that write to this disk (`iostat -x 1`): some "
                    + "acknowledgements wait very long")
        }
        return .ok(.fsync, measured)
    }
}
