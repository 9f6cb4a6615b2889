import Glibc
import TestSupport
import Testing

@testable import Journal

/// Who writes a store is found in the kernel's list of locks.
@Suite struct StoreHolderTests {
    @Test func theProcessIsFoundAndTheLockIsNotTouched() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("journal.sqlite")
        #expect(StoreHolder(storeAt: path) == .nobody)
        let writer = try JournalWriter(path: path)
        #expect(StoreHolder(storeAt: path) == .process(Int(getpid())))
        try writer.close()
        #expect(StoreHolder(storeAt: path) == .nobody)
    }

    /// Lines as proc_locks(5) has them.
    @Test func linesOfOtherFilesAndKindsAreLeftOut() {
        let locks = """
            1: POSIX  ADVISORY  WRITE 11 fd:01:77 0 EOF
            2: FLOCK  ADVISORY  WRITE 12 fd:01:78 0 EOF
            3: FLOCK  ADVISORY  WRITE 13 00:2a:77 0 EOF
            4: -> FLOCK  ADVISORY  WRITE 14 fd:01:77 0 EOF
            """
        let device: UInt64 = 0xFD << 8 | 0x01
        func holder(_ inode: UInt64, device: UInt64 = device, written: Int? = nil) -> StoreHolder {
            StoreHolder.holder(locks, device: device, inode: inode, written: written)
        }
        #expect(holder(77) == .nobody)
        #expect(holder(78) == .process(12))
        #expect(holder(77, device: 0x2A) == .process(13))
        // Another number of the device, as in some file systems.
        #expect(holder(77, written: 13) == .process(13))
        #expect(holder(77, written: 99) == .nobody)
    }
}
