import Replay

/// A bundle in which bytes are others, or any file: read as `sluice replay` reads it.
///
///     "SQLite…": the file itself; or
///     for each change: offset u32 modulo the size | kind u8: cut there, else so many bytes (0 to 7) | bytes
enum BundleTarget {
    static let target = FuzzTarget("bundle", seeds: seeds) {
        let original = try SmallStore().bundle()
        let folder = try ScratchFolder()
        return { bytes in
            try folder.clear()
            let path = try folder.write(changed(original, bytes), to: "s.sluice")
            try SmallStore.readAll(path, models: ModelCache())
        }
    }

    private static func changed(_ original: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.starts(with: Array("SQLite".utf8)) else { return bytes }
        var changed = original
        var input = FuzzInput(bytes)
        while !input.isAtEnd {
            let offset = (Int(input.uint16()) << 16 | Int(input.uint16())) % max(1, changed.count)
            let kind = input.byte()
            if kind == 255 {
                changed.removeSubrange(offset...)
            } else {
                for (index, byte) in input.bytes(Int(kind & 7)).enumerated()
                where offset + index < changed.count {
                    changed[offset + index] = byte
                }
            }
        }
        return changed
    }

    private static func seeds() -> [[UInt8]] {
        let header: [[UInt8]] = (0..<100).filter { $0 % 4 == 0 }.map { [0, 0, 0, $0, 1, 255] }
        let pages: [[UInt8]] = (0..<24).map { [0, 0, $0 * 8, 3, 2, 0, 1] }
        return [[], Array("SQLite format 3\0".utf8), [0, 0, 32, 0, 255]] + header + pages
    }
}
