import Foundation
import TestSupport
import Testing

@testable import Doctor

@Suite struct ControlGroupTests {
    /// The tightest limit on the way down counts.
    @Test func limitsOfFoldersAboveCount() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "a/b"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write("1000\n", to: "a/memory.max")
        try folder.write("max\n", to: "a/b/memory.max")
        try folder.write("max 100000\n", to: "a/cpu.max")
        try folder.write("150000 100000\n", to: "a/b/cpu.max")
        let group = ControlGroup(root: folder.path, path: "/a/b")
        #expect(group.memory == 1000 && group.processors == 1.5)
        let root = ControlGroup(root: folder.path, path: "/")
        #expect(root.memory == nil && root.processors == nil)
    }
}
