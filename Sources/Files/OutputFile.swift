package import Foundation
internal import Glibc

/// A file that a user names to be written. A regular file is replaced once the new one is complete
/// (`NewFile`): at the target of links, with the permissions of the file that is replaced. Pipes,
/// devices and the standard output under another name are written as they are.
package struct OutputFile: ~Copyable {
    /// Open until this value ends.
    package let number: CInt
    private let path: String
    private let isStandardOutput: Bool
    /// Nil where no regular file is replaced.
    private var new: NewFile?
    private let special: FileDescriptor?

    /// - Parameter isPrivate: other users may not read a file that is new.
    package init(_ path: String, isPrivate: Bool) throws(OutputError) {
        self.path = path
        let place = OutputPlace(path)
        isStandardOutput = place == .standardOutput
        do throws(Errno) {
            switch place {
            case .standardOutput:
                number = STDOUT_FILENO
                new = nil
                special = nil
            case .special:
                let descriptor = try FileDescriptor(path, O_WRONLY)
                number = descriptor.number
                new = nil
                special = consume descriptor
            case .plain(let place, let permissions):
                let file = try NewFile(
                    place, permissions: isPrivate ? 0o600 : 0o644, exactPermissions: permissions)
                number = file.descriptor.number
                new = consume file
                special = nil
            }
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }

    package func write(_ bytes: [UInt8]) throws(OutputError) {
        do throws(Errno) {
            try FileDescriptor(borrowing: number).write(bytes)
        } catch {
            throw isStandardOutput && error.code == EPIPE
                ? .closed : .failed(path: path, reason: "\(error)")
        }
    }

    /// Puts a regular file in its place. Nothing is written after that.
    ///
    /// - Parameter isDurable: wait until the file and its name are on the disk.
    package mutating func complete(isDurable: Bool = false) throws(OutputError) {
        do throws(Errno) {
            try new?.complete(isDurable: isDurable)
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }

    /// Replaces a file with what `body` writes to the descriptor.
    ///
    /// - Throws: `OutputError`; what `body` throws, with the file's name where Foundation threw it.
    package static func write(
        _ path: String, isPrivate: Bool = false, _ body: (CInt) throws -> Void
    ) throws {
        var file = try OutputFile(path, isPrivate: isPrivate)
        do {
            try body(file.number)
        } catch let error as CocoaError {
            throw OutputError.failed(path: path, reason: error.localizedDescription)
        }
        try file.complete()
    }

    /// Checks that a file can be written, before long work.
    package static func check(_ path: String) throws(OutputError) {
        guard case .plain = OutputPlace(path) else { return }
        _ = try OutputFile(path, isPrivate: true)
    }

    /// The folder of the file; that of temporary files where no regular file is replaced.
    package static func folder(of path: String) -> URL {
        guard case .plain(let place, _) = OutputPlace(path) else {
            return FileManager.default.temporaryDirectory
        }
        return URL(filePath: place).deletingLastPathComponent()
    }
}
