import Files
import Foundation
import Glibc
import Testing

/// A document that a user names is read to its end, or refused; nothing hangs.
@Suite(.timeLimit(.minutes(1))) struct SmallDocumentTests {
    private let path = NSTemporaryDirectory() + "/document-\(UUID().uuidString.prefix(8))"

    private func refusal(limit: Int = 100) -> String? {
        defer { unsafe unlink(path) }
        let error = #expect(throws: InputFileError.self) {
            try SmallDocument.contents(of: path, limit: limit)
        }
        return error?.reason
    }

    @Test func aFileUpToItsLimitIsRead() throws {
        defer { unsafe unlink(path) }
        for count in [0, 1, 100] {
            let bytes = [UInt8](repeating: 0x41, count: count)
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try SmallDocument.contents(of: path, limit: 100) == bytes)
        }
    }

    @Test func aLongerFileIsRefused() throws {
        try Data(repeating: 0x41, count: 101).write(to: URL(filePath: path))
        #expect(refusal() == "found more than 100 bytes; expected at most 100 bytes")
    }

    @Test func aDeviceWithoutEndIsRefused() {
        #expect(unsafe symlink("/dev/zero", path) == 0)
        #expect(refusal() == "found more than 100 bytes; expected at most 100 bytes")
    }

    @Test func nothingIsAnEmptyDocument() throws {
        #expect(try SmallDocument.contents(of: "/dev/null", limit: 100).isEmpty)
    }

    @Test func whatIsNoDocumentIsRefusedByItsKind() {
        #expect(unsafe mkfifo(path, 0o600) == 0)
        #expect(refusal() == "found a FIFO without a writer; expected a file")
        #expect(unsafe mknod(path, S_IFSOCK | 0o600, 0) == 0)
        #expect(refusal() == "found a socket; expected a file")
        #expect(unsafe symlink("/tmp", path) == 0)
        #expect(refusal() == "found a folder; expected a file")
        #expect(refusal() == "found No such file or directory; expected a file")
    }

    /// As a shell's `<(…)` gives it.
    @Test func aPipeIsReadToItsEnd() throws {
        let pipe = Pipe()
        let text = Array("document = true".utf8)
        try pipe.fileHandleForWriting.write(contentsOf: Data(text))
        try pipe.fileHandleForWriting.close()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        #expect(try SmallDocument.contents(of: path, limit: 100) == text)
    }
}
