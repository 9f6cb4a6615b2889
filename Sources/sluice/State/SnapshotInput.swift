import Client
import Engine
import Files
import Glibc

/// Snapshots in files.
enum SnapshotInput {
    /// Bytes of the largest snapshot.
    private static let limit = 64 << 20

    /// - Parameter path: `-` is the standard input.
    /// - Throws: `ClientError`, `StateError.snapshot`.
    static func read(_ path: String) throws -> StreamSnapshot {
        let bytes = try bytes(path)
        do throws(SnapshotError) {
            return try StreamSnapshot(decoding: bytes)
        } catch {
            throw StateError.snapshot("\(error)", file: path)
        }
    }

    private static func bytes(_ path: String) throws(ClientError) -> [UInt8] {
        let file = try open(path)
        var bytes: [UInt8] = []
        do throws(Errno) {
            while let piece = try file.read(upTo: 1 << 16), !piece.isEmpty {
                bytes += piece
                guard bytes.count <= limit else { break }
            }
        } catch {
            throw .readFailed(path: path, reason: "\(error)")
        }
        guard bytes.count <= limit else {
            throw .readFailed(path: path, reason: "it has more than \(limit) bytes")
        }
        return bytes
    }

    private static func open(_ path: String) throws(ClientError) -> FileDescriptor {
        guard path != "-" else { return FileDescriptor(borrowing: STDIN_FILENO) }
        do throws(Errno) {
            return try FileDescriptor(path, O_RDONLY)
        } catch {
            throw .inputMissing(path: path, reason: "\(error)")
        }
    }
}
