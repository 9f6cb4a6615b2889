import CLZMA

/// Decompresses .xz files with liblzma, including concatenated streams.
enum XZDecoder {
    /// The first bytes of every .xz file.
    static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

    private static let pieceByteCount = 1 << 20

    /// Decompresses `compressed`. `file` is its name in errors.
    static func decompress(
        _ compressed: [UInt8], file: String, isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> [UInt8] {
        var stream = unsafe lzma_stream()
        defer { unsafe lzma_end(&stream) }
        let started = unsafe lzma_stream_decoder(&stream, .max, sluice_lzma_concatenated)
        guard started == LZMA_OK else { throw failure(started, offset: 0, file) }
        var text: [UInt8] = []
        let result = unsafe compressed.withUnsafeBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = input.count
            return unsafe run(&stream, into: &text, isStopped)
        }
        if result == LZMA_OK { throw .interrupted(doing: "read \(file)") }
        guard result == LZMA_STREAM_END else {
            throw failure(result, offset: Int(unsafe stream.total_in), file)
        }
        return text
    }

    /// Decodes to the end or the first error. `LZMA_OK` means that it was stopped.
    private static func run(
        _ stream: inout lzma_stream, into text: inout [UInt8], _ isStopped: () -> Bool
    ) -> lzma_ret {
        var result = LZMA_OK
        while result == LZMA_OK && !isStopped() {
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: pieceByteCount) {
                buffer, count in
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = buffer.count
                result = unsafe lzma_code(&stream, LZMA_FINISH)
                count = buffer.count - (unsafe stream.avail_out)
            }
            text += piece
        }
        return result
    }

    private static func failure(_ result: lzma_ret, offset: Int, _ file: String) -> CorpusError {
        let reason =
            switch result {
            case LZMA_FORMAT_ERROR: "found other bytes, expected an .xz file"
            case LZMA_DATA_ERROR: "the compressed data are damaged"
            case LZMA_BUF_ERROR: "the file ends in the middle of the compressed data"
            case LZMA_OPTIONS_ERROR: "this liblzma does not support its compression"
            case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: "out of memory while decompressing it"
            default: "liblzma failed with code \(result.rawValue)"
            }
        return .badCompression(file: file, offset: offset, reason: reason)
    }
}
