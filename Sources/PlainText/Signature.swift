/// The bytes that files of a format begin with. Each of them begins no text in UTF-8, or none that
/// anyone writes.
struct Signature: Sendable {
    let bytes: [UInt8]
    let means: ForeignText

    init(_ bytes: [UInt8], _ means: ForeignText) {
        self.bytes = bytes
        self.means = means
    }

    init(_ text: String, _ tail: [UInt8], _ means: ForeignText) {
        self.init(Array(text.utf8) + tail, means)
    }

    /// Of those that match, the longest counts.
    static let all: [Signature] =
        encodings + compressions + bzip2 + archives + documents + images + data

    private static let encodings = [
        Signature([0xFF, 0xFE], .encoded("UTF-16 (little-endian)", as: "UTF-16")),
        Signature([0xFE, 0xFF], .encoded("UTF-16 (big-endian)", as: "UTF-16")),
        Signature([0xFF, 0xFE, 0, 0], .encoded("UTF-32 (little-endian)", as: "UTF-32")),
        Signature([0, 0, 0xFE, 0xFF], .encoded("UTF-32 (big-endian)", as: "UTF-32")),
        Signature([0x84, 0x31, 0x95, 0x33], .encoded("GB 18030", as: "GB18030")),
    ]

    private static let compressions = [
        Signature([0x1F, 0x8B, 0x08], .compressed("gzip", with: "zcat")),
        Signature([0x1F, 0x9D], .compressed("compress", with: "zcat")),
        Signature([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd", with: "zstdcat")),
        Signature([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .compressed("xz", with: "xzcat")),
        Signature([0x5D, 0, 0, 0x80, 0], .compressed("lzma", with: "xzcat")),
        Signature([0x04, 0x22, 0x4D, 0x18], .compressed("lz4", with: "lz4 -dc")),
        Signature("LZIP", [1], .compressed("lzip", with: "lzip -dc")),
        Signature([0x89, 0x4C, 0x5A, 0x4F, 0, 0x0D], .compressed("lzop", with: "lzop -dc")),
        Signature([0xFF, 0x06, 0, 0, 0x73, 0x4E, 0x61], .compressed("snappy", with: "snzip -dc")),
    ]

    /// After `BZh`: the block size, and pi.
    private static let bzip2 = (UInt8(ascii: "1")...UInt8(ascii: "9")).map { size in
        Signature(
            "BZh", [size, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
            .compressed("bzip2", with: "bzcat"))
    }

    private static let archives = [
        Signature("PK", [3, 4], .archive("a zip archive", with: "unzip -p")),
        Signature("PK", [5, 6], .archive("an empty zip archive", with: "unzip -p")),
        Signature("7z", [0xBC, 0xAF, 0x27, 0x1C], .archive("a 7z archive", with: "7z x -so")),
        Signature("Rar!", [0x1A, 7], .archive("a rar archive", with: "unrar p")),
    ]

    private static let documents = [
        Signature("%PDF-", [], .archive("a PDF document", with: "pdftotext")),
        Signature("{\\rtf1", [], .archive("an RTF document", with: "pandoc -t plain")),
        Signature(
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            .binary("an Office document of the old format")),
    ]

    private static let images = [
        Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], .binary("a PNG image")),
        Signature([0xFF, 0xD8, 0xFF], .binary("a JPEG image")),
        Signature("GIF87a", [], .binary("a GIF image")),
        Signature("GIF89a", [], .binary("a GIF image")),
        Signature("OggS", [0], .binary("Ogg media")),
    ]

    private static let data = [
        Signature("SQLite format 3", [0], .binary("an SQLite database")),
        Signature([0x7F, 0x45, 0x4C, 0x46], .binary("an ELF program")),
        Signature("PAR1", [0x15], .binary("a Parquet table")),
        Signature("ARROW1", [0, 0], .binary("an Arrow table")),
        Signature("Obj", [1], .binary("an Avro file")),
        Signature([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], .binary("an HDF5 file")),
        Signature([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .binary("a NumPy array")),
    ]
}
