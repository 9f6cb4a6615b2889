import Curve
import Daemon
import Foundation
import StrictTOML
import TestSupport
import Testing
import Wire

@Suite struct AccessListTests {
    private let alice = CurveKeyPair().publicKey
    private let bob = CurveKeyPair().publicKey

    private func entry(
        _ name: String, _ key: CurvePublicKey, _ rest: String = "rights = [\"publish\"]"
    ) -> String { "[[key]]\nname = \"\(name)\"\npublic = \"\(key)\"\n\(rest)\n" }

    private func list(_ document: String) throws -> AccessList {
        try AccessList(document: document, source: "keys.toml")
    }

    @Test func everythingIsRead() throws {
        let list = try list(
            entry(
                "alice", alice, "rights = [\"publish\", \"subscribe\"]\nprefixes = [\"a.\", \"b\"]")
                + entry("bob", bob, "rights = [\"admin\"]"))
        let keys = list.keys
        #expect(keys.map(\.name) == ["alice", "bob"])
        #expect(keys[0].publicKey == alice && keys[0].rights == [.publish, .subscribe])
        #expect(keys[0].prefixes == ["a.", "b"] && keys[1].prefixes == nil)
        #expect(try keys[0].allows(StreamID("a.1")) && keys[0].allows(StreamID("b")))
        #expect(try !keys[0].allows(StreamID("a")) && keys[1].allows(StreamID("anything")))
        #expect(try self.list("").keys.isEmpty)
    }

    @Test func limitsOfAKeyAreReadAndWritten() throws {
        let text = "rights = [\"publish\"]\nlimits.messages_per_second = 5\n"
        let keys = try list(
            entry("alice", alice, text + "limits.streams = \"unlimited\"\n")
                + entry("bob", bob, "rights = [\"publish\"]\n[key.limits]\nconnections = 2")
        ).keys
        #expect(keys[0].limits.messagesPerSecond == 5 && keys[0].limits.streams == .max)
        #expect(keys[0].limits.text == "messages_per_second=5 streams=unlimited")
        #expect(keys[1].limits.connections == 2 && keys[1].limits.streams == nil)
        let folder = try TemporaryFolder()
        let file = KeyListFile(path: folder.path("keys.toml"))
        for key in keys { try file.add(key) }
        #expect(try file.list().keys == keys)
        try file.revoke("alice")
        #expect(try file.list().keys == [keys[1]])
        var limits = KeyLimitChanges()
        try limits.set("producers=7")
        try limits.set("bytes_per_second=unlimited")
        #expect(limits.producers == 7 && limits.bytesPerSecond == .max)
        for wrong in ["producer=7", "producers=0", "producers", "producers=x", "=3", ""] {
            let error = #expect(throws: ConfigurationError.self, "\(wrong)") {
                try limits.set(wrong)
            }
            #expect(error?.description.isEmpty == false)
        }
    }

    @Test func eachProblemIsNamed() throws {
        let cases: [(String, String, String)] = [
            (entry("a b", alice), "key[0].name", "letters"),
            (entry("", alice), "key[0].name", "letters"),
            (
                "[[key]]\nname = \"a\"\npublic = \"short\"\nrights = [\"publish\"]",
                "key[0].public",
                "40 characters"
            ),
            (entry("a", alice, "rights = [\"write\"]"), "key[0].rights[0]", "\"publish\""),
            (entry("a", alice, "rights = []"), "key[0].rights", "at least one"),
            (entry("a", alice, ""), "key[0].rights", "missing"),
            (
                entry("a", alice, "rights = [\"publish\"]\nprefixes = []"), "key[0].prefixes",
                "all streams"
            ),
            (
                entry("a", alice, "rights = [\"publish\"]\nprefixes = [\"\"]"),
                "key[0].prefixes[0]", "beginning of a stream id"
            ),
            (
                entry("a", alice, "rights = [\"publish\"]\nlimits.stream = 3"),
                "key[0].limits.stream", "streams"
            ),
            (entry("a", alice) + entry("a", bob), "key[1].name", "already"),
            (entry("a", alice) + entry("b", alice), "key[1].public", "'a'"),
            (entry("a", alice, "rights = [\"publish\"]\nprefix = \"x\""), "prefix", "prefixes"),
        ]
        for (document, key, text) in cases {
            let error = #expect(throws: ConfigurationError.self, "\(document)") {
                _ = try list(document)
            }
            let description = error?.description ?? ""
            #expect(description.contains(key) && description.contains(text), "\(description)")
        }
    }

    @Test func aListThatOthersMayWriteIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(entry("a", alice), to: "keys.toml")
        for (mode, isTaken) in [(0o600, true), (0o644, true), (0o664, false), (0o646, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            if isTaken {
                #expect(try AccessList(file: path).keys.count == 1)
            } else {
                let error = #expect(throws: ConfigurationError.self) {
                    _ = try AccessList(file: path)
                }
                #expect(error?.description.contains("chmod go-w \(path)") == true)
            }
        }
    }

    // MARK: Editing

    @Test func keysAreAddedAndRevokedAndCommentsStay() throws {
        let folder = try TemporaryFolder()
        let file = KeyListFile(path: folder.path("keys.toml"))
        let first = AccessKey(
            name: "alice", publicKey: alice, rights: [.publish], prefixes: ["a\"\\.", "ü"])
        try file.add(first)
        #expect(try file.list().keys == [first])
        try folder.append("# the monitor\n", to: "keys.toml")
        let second = AccessKey(name: "bob", publicKey: bob, rights: [.subscribe])
        try file.add(second)
        #expect(try file.list().keys == [first, second])
        try file.revoke("alice")
        #expect(try file.list().keys == [second])
        try file.revoke("bob")
        #expect(try file.list().keys.isEmpty)
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(text.hasPrefix("# The keys of clients"))
    }

    @Test func whatCannotBeChangedStaysAsItIs() throws {
        let folder = try TemporaryFolder()
        func inline(_ name: String, _ key: CurvePublicKey) -> String {
            "{name = \"\(name)\", public = \"\(key)\", rights = [\"publish\"]}"
        }
        let other = CurveKeyPair().publicKey
        let inline = "key = [\(inline("a", alice)), \(inline("z", other))]\n"
        let path = try folder.write(inline, to: "keys.toml")
        let file = KeyListFile(path: path)
        let twice = AccessKey(name: "a", publicKey: bob, rights: [.publish])
        let same = AccessKey(name: "b", publicKey: alice, rights: [.publish])
        for (body, text) in [
            ({ try file.add(twice) }, "already"), ({ try file.add(same) }, "'a' already"),
            ({ try file.revoke("c") }, "no key 'c'"), ({ try file.revoke("a") }, "by hand"),
        ] as [(() throws -> Void, String)] {
            let error = #expect(throws: KeyListError.self) { try body() }
            #expect(error?.description.contains(text) == true, "\(String(describing: error))")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == inline)
    }
}
