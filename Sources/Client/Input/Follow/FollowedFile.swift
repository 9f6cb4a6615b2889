import Files
import Glibc
import PlainText

/// Reads what is appended to a file, without end, like `tail -F`: through rotation (another file takes
/// the name) and truncation, and before the file exists. Each file is a text of its own.
///
/// A file that has lost its name is read until its successor has content: then its writer has moved
/// on.
package struct FollowedFile: TextInput {
    package var totalByteCount: Int? { nil }
    package var descriptor: Descriptor? { watch.descriptor }

    private let path: String
    private let chunkSize: Int
    private let start: TextStartFilter
    private var watch: PathWatch
    /// The file that is read, and those that have taken the name since.
    private var files: [GrowingFile] = []
    /// Why no file has the name now; nil if the last of `files` has it.
    private var obstacle: String?
    private var notices: [String] = []
    /// Whether bytes were returned since the last end of a text.
    private var hasOpenText = false

    /// Whether anything was read, or reading starts at the end.
    private var hasRead: Bool

    /// With more files at once, the oldest is dropped even if its successor is empty.
    private static let mostFiles = 32

    /// - Parameters:
    ///   - fromStart: also read the file's present content; otherwise only what is appended.
    ///   - keepsBytes: keep byte-order marks, and read files that are not text.
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
        if watch.isPolling { notices.append("also checking \(path) every second") }
    }

    package mutating func read() throws(ClientError) -> InputChunk {
        if watch.takeChanges() { try look() }
        if let notice = notices.first {
            notices.removeFirst()
            return .notice(notice)
        }
        reading: while !files.isEmpty {
            // Before reading: a writer may write to the old file until it first writes to the new one.
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

    /// A file that is not text, or cannot be read, is skipped: another one may take the name. If it is
    /// the first, the user named it by mistake.
    private mutating func readFile() throws(ClientError) -> GrowingFile.Reading {
        do throws(ClientError) {
            return try files[0].read(upTo: chunkSize)
        } catch {
            guard hasRead else { throw error }
            notices.append("\(error); waiting for another file")
            return .nothing
        }
    }

    /// The end of a text, if one has begun. An incomplete line is not joined with the next file's
    /// first.
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

    /// Checks which file has the name now.
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
            // The file opened first may be a lower copy (overlayfs) that no longer grows.
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

/// The result of opening a path.
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
