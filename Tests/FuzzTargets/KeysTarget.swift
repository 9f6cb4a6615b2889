import Curve
import StrictTOML

@testable import Daemon

/// A list of keys: what is read is written so that it reads back equal; a key that is revoked is gone,
/// and the others are as they were.
enum KeysTarget {
    static let target = FuzzTarget("keys", seeds: seeds) {
        let folder = try ScratchFolder()
        return { bytes in
            guard let document = String(validating: bytes, as: UTF8.self) else { return }
            try check(document, folder)
        }
    }

    private static func check(_ document: String, _ folder: ScratchFolder) throws {
        let list: AccessList
        do throws(ConfigurationError) {
            list = try AccessList(document: document, source: "fuzz")
        } catch {
            try require(
                !error.problems.isEmpty && error.problems.allSatisfy { !$0.text.isEmpty },
                "problems are described")
            return
        }
        let written = list.keys.map { KeyListFile.document($0) }.joined(separator: "\n")
        try requireEqual(
            try AccessList(document: written, source: "written"), list, "written and read")
        for key in list.keys {
            try require(AccessList.isName(key.name) && !key.rights.isEmpty, "\(key)")
            try requireEqual(list.key(key.publicKey.text), key, "the key of a public key")
        }
        guard let first = list.keys.first else { return }
        try checkEditing(document, list, first, folder)
    }

    private static func checkEditing(
        _ document: String, _ list: AccessList, _ first: AccessKey, _ folder: ScratchFolder
    ) throws {
        let path = try folder.write(Array(document.utf8), to: "keys.toml")
        let file = KeyListFile(path: path)
        let others = Array(list.keys.dropFirst())
        do {
            try file.revoke(first.name)
            try requireEqual(try file.list().keys, others, "one is revoked")
            try file.add(first)
            try requireEqual(try file.list().keys, others + [first], "one is added")
        } catch KeyListError.notEditable {
            let keys = try file.list().keys
            try require(keys == list.keys || keys == others, "what cannot be edited is unchanged")
        }
    }

    private static func seeds() -> [[UInt8]] {
        func key(_ byte: UInt8) -> String {
            CurvePublicKey(bytes: [UInt8](repeating: byte, count: 32))?.text ?? ""
        }
        let first = """
            [[key]]
            name = "alice"
            public = "\(key(1))"
            rights = ["publish", "subscribe"]
            prefixes = ["news.", "ü"]

            """
        let second = """
            # The operator.
            [["key"]] # x
            name = 'bob@b'
            public = '''\(key(2))'''
            rights = ["control", "admin"]
            """
        let limited = first + "limits = { messages_per_second = 5, streams = \"unlimited\" }\n"
        let inline = #"key = [{name = "c", public = ""# + key(3) + #"", rights = ["admin"]}]"#
        let lists = [
            "", first, first + second, second + "\n" + first, inline, first + first, "[[key]]\n",
            limited,
        ]
        return lists.map { Array($0.utf8) }
    }
}
