import Daemon
import Foundation
import Glibc
import Journal
import Storage

/// Where the store is that a command reads when none is named.
enum StorePlace {
    /// The folder of the system's service (`StateDirectory=` of deploy/systemd/sluice.service). systemd
    /// makes it a link into a folder that only root may enter.
    static let serviceFolder = "/var/lib/sluice"

    /// - Parameter path: nil for `found`.
    static func storage(_ path: String?) throws(StorageError) -> any Storage {
        if let path { return JournalStorage(path: path) }
        return JournalStorage(path: try found())
    }

    /// The user's own store, or else, if there is none, that of the system's service.
    ///
    /// - Throws: `StorageError` where only the service's is there and may not be read.
    static func found(
        own: String = Configuration.defaultStore(
            environment: ProcessInfo.processInfo.environment),
        serviceFolder: String = serviceFolder
    ) throws(StorageError) -> String {
        guard unsafe access(own, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else { return own }
        let service = serviceFolder + "/journal.sqlite"
        if unsafe access(service, R_OK) == 0 { return service }
        guard errno == EACCES || errno == EPERM else { return own }
        throw StorageError(
            .unreadable, in: service,
            "the store of the system's service may be read by root alone, and there is no store of "
                + "your own at \(own); use sudo, or name a store with --store")
    }
}
