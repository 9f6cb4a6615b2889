import Glibc

/// Reads what is added to a file, for ever: through rotation (another file takes the name),
/// truncation, and before the file is there, like `tail -F`.
package struct FollowedFile: TextInput {
    package var totalByteCount: Int? { nil }
    package var descriptor: Descriptor? { watch.descriptor }

    private let path: String
    private let watch: FolderWatch
    private var file: Descriptor?
    private var offset = 0
    private let chunkSize: Int

    /// - Parameter fromStart: also what the file holds already; otherwise only what is added.
    package init(
        path: String, fromStart: Bool, chunkSize: Int = 1 << 16
    ) throws(ClientError) {
        self.path = path
        self.chunkSize = chunkSize
        watch = try FolderWatch([Self.folder(of: path), Self.folder(of: Self.target(of: path))])
        file = try Self.open(path)
        if !fromStart, let file { offset = max(0, Int(lseek(file.number, 0, SEEK_END))) }
    }

    package mutating func read() throws(ClientError) -> InputChunk {
        watch.clear()
        if let file {
            let bytes = try file.read(upTo: chunkSize, path: path)
            offset += bytes.count
            if !bytes.isEmpty { return .bytes(bytes) }
        }
        return try lookAgain()
    }

    /// All was read: is it still the same file, and as long as before?
    private mutating func lookAgain() throws(ClientError) -> InputChunk {
        guard let current = try Self.open(path) else { return .pending }
        guard let file else {
            start(current)
            return .notice("\(path) has appeared")
        }
        let old = try file.status(path)
        let new = try current.status(path)
        if old.st_ino != new.st_ino || old.st_dev != new.st_dev {
            // Written between our last read and the change of files.
            let rest = try file.read(upTo: chunkSize, path: path)
            guard rest.isEmpty else { return .bytes(rest) }
            start(current)
            return .notice("\(path) was replaced; following the new file")
        }
        guard new.st_size < offset else { return .pending }
        lseek(file.number, 0, SEEK_SET)
        offset = 0
        return .notice("\(path) was truncated; reading it from its start")
    }

    private mutating func start(_ descriptor: Descriptor) {
        file = descriptor
        offset = 0
    }

    /// Nil if it is not there at the moment.
    private static func open(_ path: String) throws(ClientError) -> Descriptor? {
        var status = stat()
        if unsafe stat(path, &status) != 0, errno == ENOENT { return nil }
        return try Descriptor.open(path)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Where a symbolic link leads in the end; `path` itself if that is nowhere yet.
    private static func target(of path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
