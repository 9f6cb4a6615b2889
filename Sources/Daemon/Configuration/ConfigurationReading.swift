import Glibc
package import StrictTOML
import ZeroMQ

/// A configuration with its problems.
package struct ConfigurationReading {
    /// Valid if there are no problems.
    package let configuration: Configuration
    package private(set) var problems: [ConfigurationError.Problem] = []
    private let source: String
    private let located: (ConfigurationError.Problem) -> ConfigurationError.Problem

    /// - Parameter located: gives a problem its place: file and line, variable, or flags.
    init(
        _ configuration: Configuration, source: String, problems: [ConfigurationError.Problem],
        located: @escaping (ConfigurationError.Problem) -> ConfigurationError.Problem
    ) {
        self.configuration = configuration
        self.source = source
        self.located = located
        self.problems = problems.map(located)
    }

    package var error: ConfigurationError {
        ConfigurationError(source: source, problems: problems)
    }

    package mutating func add(_ problem: ConfigurationError.Problem) {
        guard !problem.mayFollow(from: problems) else { return }
        problems.append(located(problem))
    }

    /// Adds what the machine lacks: folders of sockets and of the store.
    package mutating func addSurroundings(_ environment: [String: String]) {
        for (index, input) in configuration.inputs.enumerated() {
            addFolders(of: input.bind, "input[\(index)].bind")
        }
        for (index, output) in configuration.outputs.enumerated() {
            addFolders(of: output.bind, "output[\(index)].bind")
        }
        addFolders(of: configuration.control.bind ?? [], "control.bind")
        if configuration.journal.durability != .off, let path = configuration.journal.path {
            addFolder(of: path, "journal.path")
            if Self.isFolder(path) {
                add(.init("journal.path", "found the folder \(path); expected a file"))
            }
        }
    }

    private mutating func addFolders(of endpoints: [Endpoint], _ key: String) {
        for (index, endpoint) in endpoints.enumerated() {
            guard case .ipc(let path) = endpoint.address else { continue }
            addFolder(of: path, "\(key)[\(index)]")
        }
    }

    private mutating func addFolder(of path: String, _ key: String) {
        guard let end = path.lastIndex(of: "/") else { return }
        let folder = end == path.startIndex ? "/" : String(path[..<end])
        guard !Self.isFolder(folder) else { return }
        add(.init(key, "there is no folder \(folder) for \(path)"))
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
