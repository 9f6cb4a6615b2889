import Foundation

/// The limits of a control group, version 2: of its folder and of those above it.
struct ControlGroup: Equatable, Sendable {
    /// Bytes; nil for no limit.
    private(set) var memory: Int?
    /// Processors' worth of time; nil for no limit.
    private(set) var processors: Double?

    /// That of this process.
    static var own: ControlGroup {
        let text = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let path = text.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
        return ControlGroup(root: "/sys/fs/cgroup", path: path.map(String.init) ?? "/")
    }

    /// - Parameters:
    ///   - root: where the hierarchy is mounted.
    ///   - path: of the group, below it.
    init(root: String, path: String) {
        let names = path.split(separator: "/").map(String.init)
        for depth in 0...names.count {
            let folder = ([root] + names.prefix(depth)).joined(separator: "/")
            if let limit = Self.read(folder + "/memory.max").first.flatMap({ Int($0) }) {
                memory = min(memory ?? .max, limit)
            }
            let share = Self.read(folder + "/cpu.max")
            if share.count == 2, let time = Double(share[0]), let period = Double(share[1]),
                period > 0
            {
                processors = min(processors ?? .infinity, time / period)
            }
        }
    }

    private static func read(_ path: String) -> [Substring] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split { $0 == " " || $0 == "\n" }
    }
}
