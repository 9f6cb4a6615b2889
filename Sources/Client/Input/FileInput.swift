import Files
import Glibc
import PlainText

/// Reads files one after the other, each a text of its own; `-` is the standard input. Byte-order
/// marks are dropped.
package struct FileInput: TextInput {
    package let totalByteCount: Int?
    private var file: Descriptor?
    private var path = ""
    private var waiting: ArraySlice<String>
    private let chunkSize: Int
    private let keepsBytes: Bool
    private var start = TextStartFilter.open
    /// A read from a pipe or a terminal may block, so each one is preceded by a wait.
    private var mustWait = false

    /// Checks all files before the first is published: they must exist, and begin as text.
    ///
    /// - Parameter keepsBytes: keep byte-order marks, and read files that are not text.
    package init(
        paths: [String], keepsBytes: Bool = false, chunkSize: Int = 1 << 16
    ) throws(ClientError) {
        var total: Int? = 0
        for path in paths {
            guard let size = try Self.size(of: path) else {
                total = nil
                continue
            }
            total? += size
            if !keepsBytes { try Self.checkStart(of: path) }
        }
        totalByteCount = total
        waiting = paths[...]
        self.chunkSize = chunkSize
        self.keepsBytes = keepsBytes
    }

    package var descriptor: Descriptor? { file }

    package mutating func read() throws(ClientError) -> InputChunk {
        if file == nil { try openNext() }
        guard let file else { return .end }
        if mustWait {
            mustWait = false
            return .pending
        }
        guard let bytes = try file.read(upTo: chunkSize, path: path) else { return .pending }
        mustWait = try !Self.isPlain(file.status(path))
        if !bytes.isEmpty { return .bytes(try text(of: bytes)) }
        let rest = try text(of: nil)
        guard rest.isEmpty else { return .bytes(rest) }
        self.file = nil
        return .endOfText
    }

    /// - Parameter bytes: nil at the end of the file.
    private mutating func text(of bytes: [UInt8]?) throws(ClientError) -> [UInt8] {
        do throws(ForeignText) {
            guard let bytes else { return try start.finish() }
            return try start.pass(bytes)
        } catch {
            throw .foreignText(path: path, error)
        }
    }

    private mutating func openNext() throws(ClientError) {
        guard let path = waiting.popFirst() else { return }
        let file = try Self.open(path)
        mustWait = try !Self.isPlain(file.status(path))
        start = keepsBytes ? .open : TextStartFilter(refusesBinary: !mustWait)
        self.path = path
        self.file = file
    }

    private static func isPlain(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }

    /// For a regular file, which can be read again.
    private static func checkStart(of path: String) throws(ClientError) {
        let file = try open(path)
        let place = lseek(file.number, 0, SEEK_CUR)
        let bytes = try file.read(upTo: 4096, at: Int(place), path: path) ?? []
        let start = TextStart(of: bytes[...], isWhole: true, refusesBinary: true)
        if case .foreign(let found) = start { throw .foreignText(path: path, found) }
    }

    private static func open(_ path: String) throws(ClientError) -> Descriptor {
        path == "-" ? .standardInput : try .open(path)
    }

    /// Nil for other than regular files.
    private static func size(of path: String) throws(ClientError) -> Int? {
        if path != "-" {
            var status = stat()
            guard unsafe stat(path, &status) == 0, unsafe access(path, R_OK) == 0 else {
                throw .inputMissing(path: path, reason: "\(Errno.last)")
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
