import Glibc
import PlainText

/// An open file that is read as it grows.
struct GrowingFile {
    enum Reading {
        case bytes([UInt8])
        /// Nothing at the moment.
        case nothing
        /// The file was truncated or rewritten. Reading restarts at its beginning.
        case restarted
    }

    private(set) var descriptor: Descriptor
    let identity: FileIdentity
    /// Otherwise a pipe or a terminal, which has no offsets.
    private let isPlain: Bool
    private let path: String
    private var offset = 0
    /// The last bytes before `offset`. A file with other bytes there was rewritten, even if it is
    /// longer than before.
    private var mark: [UInt8] = []
    private var start: TextStartFilter
    private let newStart: TextStartFilter

    /// Reading has stopped: the file is not text, or cannot be read.
    private var isGivenUp = false

    private static let markLength = 256

    /// - Parameter atEnd: skip the present content.
    init(
        _ descriptor: Descriptor, _ status: stat, path: String, atEnd: Bool, start: TextStartFilter
    ) throws(ClientError) {
        self.descriptor = descriptor
        self.path = path
        identity = FileIdentity(status)
        isPlain = status.st_mode & S_IFMT == S_IFREG
        newStart = start
        self.start = start
        guard atEnd, isPlain else { return }
        offset = max(0, Int(lseek(descriptor.number, 0, SEEK_END)))
        let length = min(offset, Self.markLength)
        mark = try descriptor.read(upTo: length, at: offset - length, path: path) ?? []
        if offset > 0 { self.start = .open }
    }

    /// Whether there may be unread bytes.
    var hasMore: Bool {
        guard !isGivenUp else { return false }
        guard isPlain else { return true }
        var status = stat()
        return unsafe fstat(descriptor.number, &status) == 0 && Int(status.st_size) > offset
    }

    /// Continues with another descriptor of the same file.
    mutating func replace(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// - Throws: `ClientError` where it is not text or cannot be read. Reading then stops.
    mutating func read(upTo limit: Int) throws(ClientError) -> Reading {
        guard !isGivenUp else { return .nothing }
        do throws(ClientError) {
            return try readMore(limit)
        } catch {
            isGivenUp = true
            throw error
        }
    }

    private mutating func readMore(_ limit: Int) throws(ClientError) -> Reading {
        let bytes = try isPlain ? readPlain(limit) : descriptor.read(upTo: limit, path: path) ?? []
        guard let bytes else { return .restarted }
        guard !bytes.isEmpty else { return .nothing }
        do throws(ForeignText) {
            let text = try start.pass(bytes)
            return text.isEmpty ? .nothing : .bytes(text)
        } catch {
            throw .foreignText(path: path, error)
        }
    }

    /// The held-back bytes of a start that could have been a byte-order mark.
    mutating func finish() -> [UInt8] { (try? start.finish()) ?? [] }

    /// Nil where reading restarts. The mark is read together with the bytes after it, so that the file
    /// cannot change between the comparison and the reading.
    private mutating func readPlain(_ limit: Int) throws(ClientError) -> [UInt8]? {
        let found =
            try descriptor.read(upTo: mark.count + limit, at: offset - mark.count, path: path) ?? []
        guard found.starts(with: mark) else {
            offset = 0
            mark = []
            start = newStart
            return nil
        }
        let bytes = Array(found.dropFirst(mark.count))
        offset += bytes.count
        mark = found.suffix(Self.markLength)
        return bytes
    }
}

/// The identity of a file while it is open.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    init(_ status: stat) {
        device = status.st_dev
        number = status.st_ino
    }
}
