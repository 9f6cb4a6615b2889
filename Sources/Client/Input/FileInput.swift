import Glibc

/// Reads files one after the other, each a text of its own; `-` is the standard input.
package struct FileInput: TextInput {
    package let totalByteCount: Int?
    private var file: Descriptor?
    private var path = ""
    private var waiting: ArraySlice<String>
    private let chunkSize: Int
    /// Reading a pipe or a terminal may take for ever, so it is waited for before each read.
    private var mustWait = false

    /// Checks that all files are there, so that none is missed after others were published.
    package init(paths: [String], chunkSize: Int = 1 << 16) throws(ClientError) {
        var total: Int? = 0
        for path in paths {
            guard let size = try Self.size(of: path) else {
                total = nil
                continue
            }
            total? += size
        }
        totalByteCount = total
        waiting = paths[...]
        self.chunkSize = chunkSize
    }

    package var descriptor: Descriptor? { file }

    package mutating func read() throws(ClientError) -> InputChunk {
        if file == nil { try openNext() }
        guard let file else { return .end }
        if mustWait {
            mustWait = false
            return .pending
        }
        let bytes = try file.read(upTo: chunkSize, path: path)
        mustWait = try !Self.isPlain(file.status(path))
        if !bytes.isEmpty { return .bytes(bytes) }
        self.file = nil
        return .endOfText
    }

    private mutating func openNext() throws(ClientError) {
        guard let path = waiting.popFirst() else { return }
        let file = try Self.open(path)
        mustWait = try !Self.isPlain(file.status(path))
        self.path = path
        self.file = file
    }

    private static func isPlain(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }

    private static func open(_ path: String) throws(ClientError) -> Descriptor {
        path == "-" ? .standardInput : try .open(path)
    }

    /// Nil for what is no plain file.
    private static func size(of path: String) throws(ClientError) -> Int? {
        if path != "-" {
            var status = stat()
            guard unsafe stat(path, &status) == 0, unsafe access(path, R_OK) == 0 else {
                throw .inputMissing(path: path, reason: lastErrorText())
            }
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw .inputMissing(path: path, reason: "it is a folder")
            }
            return isPlain(status) ? Int(status.st_size) : nil
        }
        let status = try Descriptor.standardInput.status(path)
        return isPlain(status) ? Int(status.st_size) : nil
    }
}
