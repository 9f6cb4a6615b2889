import Foundation
import Testing

/// Keeps a named pipe open for writing.
final class EndlessWriter {
    private let descriptor: Int32
    private static let megabyte = [UInt8](repeating: 0x61, count: 1 << 20)

    /// Waits for a reader.
    init(_ path: String) throws {
        signal(SIGPIPE, SIG_IGN)
        descriptor = unsafe open(path, O_WRONLY)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func write(megabytes: Int) {
        for _ in 0..<megabytes where !writeMegabyte() { return }
    }

    /// Until the reader has closed the pipe, which it is to do long before memory runs out.
    func writeUntilNobodyReads() { write(megabytes: 500) }

    private func writeMegabyte() -> Bool {
        var rest = Self.megabyte[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
