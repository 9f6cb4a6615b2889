import Glibc

/// The names that the kernel looks up to open a path, each in its folder, including the names in
/// targets of symbolic links. A change of what the path means is a change of one of them.
struct PathSteps {
    struct Step: Hashable, Sendable {
        let folder: String
        let name: String
    }

    /// The number of links that the kernel follows.
    private static let mostLinks = 40

    /// Names to be looked up, the next one last.
    private var names: [Substring] = []
    private var folder = "."
    private var linkCount = 0

    /// Walks the path as far as it exists.
    ///
    /// - Parameter visit: called with each step before its name is looked up. A watch that begins
    ///   there misses no later change.
    static func walk(_ path: String, visit: (Step) -> Void) {
        var steps = PathSteps()
        steps.enter(path)
        while let name = steps.names.popLast() { guard steps.take(name, visit) else { return } }
    }

    /// Puts a path before the names to be looked up.
    private mutating func enter(_ path: String) {
        if path.hasPrefix("/") { folder = "/" }
        names += path.split(separator: "/").reversed()
    }

    /// False at the end of the path.
    private mutating func take(_ name: Substring, _ visit: (Step) -> Void) -> Bool {
        if name == "." { return true }
        let place = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        if name == ".." {
            folder = place
            return true
        }
        visit(Step(folder: folder, name: String(name)))
        var status = stat()
        guard unsafe lstat(place, &status) == 0 else { return false }
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            linkCount += 1
            guard linkCount <= Self.mostLinks, let target = Self.target(of: place) else {
                return false
            }
            enter(target)
        case S_IFDIR: folder = place
        default: return false
        }
        return true
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink(link, &buffer, buffer.count)
        guard length > 0 else { return nil }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
