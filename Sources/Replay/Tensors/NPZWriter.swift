import Foundation

// An NPZ file is a ZIP archive of NPY files, here stored without compression (APPNOTE.TXT 6.3).
// Sizes and offsets of 2^32 - 1 and more stand in ZIP64 fields; NumPy reads these.
//
// NPY 1.0 (numpy.lib.format): "\x93NUMPY", 1, 0, the header's length (u16), and the header: a Python
// dictionary, padded with spaces and ended by a line feed so that the data begins at a multiple of
// 64 bytes.

/// Writes tensors as an NPZ file.
struct NPZWriter {
    private struct Entry {
        let name: [UInt8]
        let checksum: UInt32
        let size: UInt64
        let offset: UInt64
    }

    private let handle: FileHandle
    private var position: UInt64 = 0
    private var entries: [Entry] = []

    static func write(_ tensors: [TensorSpool], to handle: FileHandle) throws {
        var writer = NPZWriter(handle: handle)
        for tensor in tensors { try writer.write(tensor) }
        try writer.writeDirectory()
    }

    private init(handle: FileHandle) { self.handle = handle }

    private mutating func write(_ tensor: TensorSpool) throws {
        try tensor.finish()
        let header = Self.header(of: tensor)
        var checksum = CRC32()
        checksum.update(header)
        try tensor.read { checksum.update($0) }
        let entry = Entry(
            name: Array("\(tensor.name).npy".utf8), checksum: checksum.value,
            size: UInt64(header.count + tensor.byteCount), offset: position)
        entries.append(entry)
        try write(Self.localHeader(of: entry))
        try write(header)
        try tensor.read { try handle.write(contentsOf: $0) }
        position += UInt64(tensor.byteCount)
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        try handle.write(contentsOf: bytes)
        position += UInt64(bytes.count)
    }

    private static func header(of tensor: TensorSpool) -> [UInt8] {
        let shape = tensor.shape.map(String.init).joined(separator: ", ")
        var text =
            "{'descr': '\(tensor.element.numpy)', 'fortran_order': False, "
            + "'shape': (\(shape)\(tensor.width == nil ? "," : "")), }"
        while !(10 + text.utf8.count + 1).isMultiple(of: 64) { text += " " }
        text += "\n"
        var writer = LittleEndianBytes()
        writer.bytes = [0x93] + Array("NUMPY".utf8) + [1, 0]
        writer.write(UInt16(text.utf8.count))
        writer.bytes += Array(text.utf8)
        return writer.bytes
    }

    // MARK: ZIP

    private static let limit = UInt64(UInt32.max)

    private static func localHeader(of entry: Entry) -> [UInt8] {
        let isLarge = entry.size >= limit
        var writer = LittleEndianBytes()
        writer.write(UInt32(0x0403_4B50))
        writeCommon(entry, isLarge ? [entry.size, entry.size] : [], isLarge, to: &writer)
        return writer.bytes
    }

    /// What the local header and the directory share, with the ZIP64 field that follows the name.
    private static func writeCommon(
        _ entry: Entry, _ large: [UInt64], _ isLarge: Bool, to writer: inout LittleEndianBytes,
        directoryFields: (inout LittleEndianBytes) -> Void = { _ in }
    ) {
        writer.write(UInt16(large.isEmpty ? 20 : 45), UInt16(0x0800), UInt16(0))
        // 1980-01-01, so that equal tensors give equal files.
        writer.write(UInt16(0), UInt16(0x21), entry.checksum)
        let size = isLarge ? UInt32.max : UInt32(entry.size)
        writer.write(
            size, size, UInt16(entry.name.count), UInt16(large.isEmpty ? 0 : 4 + 8 * large.count))
        directoryFields(&writer)
        writer.bytes += entry.name
        guard !large.isEmpty else { return }
        writer.write(UInt16(1), UInt16(8 * large.count))
        for number in large { writer.write(number) }
    }

    private mutating func writeDirectory() throws {
        let start = position
        for entry in entries { try write(Self.directoryEntry(of: entry)) }
        let size = position - start
        let needsLarge = start >= Self.limit || size >= Self.limit
        if needsLarge { try write(largeEnd(start: start, size: size)) }
        var writer = LittleEndianBytes()
        writer.write(
            UInt32(0x0605_4B50), UInt32(0), UInt16(entries.count), UInt16(entries.count),
            needsLarge ? UInt32.max : UInt32(size), needsLarge ? UInt32.max : UInt32(start),
            UInt16(0))
        try write(writer.bytes)
    }

    private static func directoryEntry(of entry: Entry) -> [UInt8] {
        let isLarge = entry.size >= limit
        let isFar = entry.offset >= limit
        let large = (isLarge ? [entry.size, entry.size] : []) + (isFar ? [entry.offset] : [])
        var writer = LittleEndianBytes()
        writer.write(UInt32(0x0201_4B50), UInt16(45))
        writeCommon(entry, large, isLarge, to: &writer) { writer in
            // No comment, first disk, no attributes.
            writer.write(
                UInt16(0), UInt16(0), UInt16(0), UInt32(0),
                isFar ? UInt32.max : UInt32(entry.offset))
        }
        return writer.bytes
    }

    private func largeEnd(start: UInt64, size: UInt64) -> [UInt8] {
        var writer = LittleEndianBytes()
        writer.write(
            UInt32(0x0606_4B50), UInt64(44), UInt16(45), UInt16(45), UInt64(0),
            UInt64(entries.count), UInt64(entries.count), size, start)
        // The locator of the record above.
        writer.write(UInt32(0x0706_4B50), UInt32(0), position, UInt32(1))
        return writer.bytes
    }
}
