import Files
import Glibc
import PlainText

/// Reads what is added to the file of a name, for ever: through rotation (another file takes the name),
/// truncation, and before the file is there, like `tail -F`. Each file is a text of its own.
///
/// A file that has lost its name is read on until the one that has it now has something: then its
/// writer, too, has gone over.
package struct FollowedFile: TextInput {
    package var totalByteCount: Int? { nil }
    package var descriptor: Descriptor? { watch.descriptor }

    private let path: String
    private let chunkSize: Int
    private let start: TextStartFilter
    private var watch: PathWatch
    /// The one that is read, and those that have taken the name since.
    private var files: [GrowingFile] = []
    /// Why the name leads to no file now; nil if it leads to the last of `files`.
    private var obstacle: String?
    private var notices: [String] = []
    /// Whether bytes were given out since the last end of a text.
    private var hasOpenText = false

    /// Whether anything was read at all, or is meant not to be.
    private var hasRead: Bool

    /// Beyond so many files at once, the oldest is given up even if its successor is empty.
    private static let mostFiles = 32

    /// - Parameters:
    ///   - fromStart: also what the file holds already; otherwise only what is added.
    ///   - keepsBytes: byte-order marks too, and what is no text.
    package init(
        path: String, fromStart: Bool, keepsBytes: Bool = false, chunkSize: Int = 1 << 16
    ) throws(ClientError) {
        self.path = path
        self.chunkSize = chunkSize
        hasRead = !fromStart
        start = keepsBytes ? .open : TextStartFilter(refusesBinary: false)
        watch = try PathWatch()
        watch.watch(path, files: [])
        switch Opening(path) {
        case .file(let descriptor, let status):
            let file = try GrowingFile(
                descriptor, status, path: path, atEnd: !fromStart, start: start)
            files = [file]
            watchAgain()
        case .folder: throw .inputMissing(path: path, reason: "it is a folder")
        case .none(let reason):
            obstacle = reason
            notices.append("cannot open \(path): \(reason); waiting for it")
        }
        if watch.isPolling { notices.append("looking at \(path) every second, too") }
    }

    package mutating func read() throws(ClientError) -> InputChunk {
        if watch.takeChanges() { try look() }
        if let notice = notices.first {
            notices.removeFirst()
            return .notice(notice)
        }
        reading: while !files.isEmpty {
            // Asked before reading: a writer may write to the old file up to its first to the new one.
            let isOver = hasSuccessor
            switch try readFile() {
            case .bytes(let bytes):
                hasOpenText = true
                hasRead = true
                return .bytes(bytes)
            case .restarted:
                notices.append("\(path): file truncated; reading it from its start")
                if let end = takeEnd() { return end }
                return .notice(notices.removeFirst())
            case .nothing:
                guard isOver else { break reading }
                let rest = files[0].finish()
                if !rest.isEmpty {
                    hasOpenText = true
                    return .bytes(rest)
                }
                files.removeFirst()
                watchAgain()
                if let end = takeEnd() { return end }
            }
        }
        return notices.isEmpty ? .pending : .notice(notices.removeFirst())
    }

    /// One that is no text, or cannot be read, is not the last that takes the name; but if it is the
    /// first, it was named by mistake.
    private mutating func readFile() throws(ClientError) -> GrowingFile.Reading {
        do throws(ClientError) {
            return try files[0].read(upTo: chunkSize)
        } catch {
            guard hasRead else { throw error }
            notices.append("\(error); waiting for another file")
            return .nothing
        }
    }

    /// The end of a text, if one has begun: a line that is not whole is not joined with the next
    /// file's first.
    private mutating func takeEnd() -> InputChunk? {
        defer { hasOpenText = false }
        return hasOpenText ? .endOfText : nil
    }

    private var hasSuccessor: Bool {
        files.count > Self.mostFiles || files.dropFirst().contains { $0.hasMore }
    }

    private mutating func watchAgain() {
        watch.watch(path, files: files.map(\.descriptor))
    }

    // MARK: The name

    /// Looks at what has the name now.
    private mutating func look() throws(ClientError) {
        watchAgain()
        switch Opening(path) {
        case .file(let descriptor, let status): try take(descriptor, status)
        case .folder: lose("it is a folder now")
        case .none(let reason): lose(reason)
        }
    }

    private mutating func lose(_ reason: String) {
        if obstacle == nil { notices.append("\(path) has become inaccessible: \(reason)") }
        obstacle = reason
    }

    private mutating func take(_ descriptor: Descriptor, _ status: stat) throws(ClientError) {
        let wasLost = obstacle != nil
        obstacle = nil
        let identity = FileIdentity(status)
        if let index = files.firstIndex(where: { $0.identity == identity }),
            !files[(index + 1)...].contains(where: { $0.hasMore })
        {
            files.removeSubrange((index + 1)...)
            // The one opened first may be a copy below (overlayfs) that no longer grows.
            if index == 0 { files[0].replace(descriptor) }
            if wasLost { notices.append("\(path) has become accessible") }
        } else {
            let isFirst = files.isEmpty || wasLost
            notices.append(
                "\(path) has \(isFirst ? "appeared" : "been replaced"); following new file")
            files.append(
                try GrowingFile(descriptor, status, path: path, atEnd: false, start: start))
        }
        watchAgain()
    }
}

/// What opening a path gives.
private enum Opening {
    case file(Descriptor, stat)
    case folder
    case none(reason: String)

    init(_ path: String) {
        do throws(Errno) {
            let file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            self =
                status.st_mode & S_IFMT == S_IFDIR ? .folder : .file(Descriptor(file), status)
        } catch {
            self = .none(reason: "\(error)")
        }
    }
}
