import Foundation

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
