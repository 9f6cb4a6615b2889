package import Files
import Glibc

/// An open file descriptor with several owners, closed with the last of them.
package final class Descriptor: Sendable {
    private let file: FileDescriptor

    package static let standardInput = Descriptor(FileDescriptor(borrowing: STDIN_FILENO))

    package init(_ file: consuming FileDescriptor) { self.file = file }

    package var number: Int32 { file.number }
    package var isTerminal: Bool { file.isTerminal }

    /// Opens a file to read, which must not be a folder.
    package static func open(_ path: String) throws(ClientError) -> Descriptor {
        let descriptor: Descriptor
        do throws(Errno) {
            descriptor = try Descriptor(opening: path)
        } catch {
            throw .inputMissing(path: path, reason: "\(error)")
        }
        guard try descriptor.status(path).st_mode & S_IFMT != S_IFDIR else {
            throw .inputMissing(path: path, reason: "it is a folder")
        }
        return descriptor
    }

    /// Opens a file to read. Opening a named pipe does not wait for a writer: an interruption could
    /// not end that wait.
    convenience init(opening path: String) throws(Errno) {
        self.init(try FileDescriptor(path, O_RDONLY | O_NONBLOCK))
    }

    /// Up to `limit` bytes; empty at the end of the file, nil where there are none at the moment.
    ///
    /// - Parameter offset: where to read in a regular file; nil for its present position.
    package func read(
        upTo limit: Int, at offset: Int? = nil, path: String
    ) throws(ClientError) -> [UInt8]? {
        do throws(Errno) {
            return try file.read(upTo: limit, at: offset)
        } catch {
            throw .readFailed(path: path, reason: "\(error)")
        }
    }

    func status(_ path: String) throws(ClientError) -> stat {
        do throws(Errno) {
            return try file.status()
        } catch {
            throw .readFailed(path: path, reason: "\(error)")
        }
    }
}
