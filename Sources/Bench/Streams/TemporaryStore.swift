import Files
import Foundation

/// A folder for a store, for as long as it is measured.
struct TemporaryStore: ~Copyable {
    private let temporary: TemporaryFolder
    var folder: URL { temporary.url }
    var file: URL { temporary.file("store.sqlite") }

    /// - Throws: `CocoaError`.
    init(in place: URL) throws { temporary = try TemporaryFolder("sluice-bench", in: place) }

    /// Of all files of the store: SQLite's log, too.
    static func byteCount(of folder: URL) throws -> Int {
        try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: [.fileSizeKey]
        ).reduce(0) { try $0 + ($1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
    }
}

/// Memory that a process has, not only asked for.
enum ResidentMemory {
    /// Of this process, in bytes.
    ///
    /// - Throws: `CocoaError` where there is no proc(5).
    static func ofProcess() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return pages(in: text) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The second field, proc(5).
    static func pages(in statm: String) -> Int {
        let fields = statm.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
    }
}
