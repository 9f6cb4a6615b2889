extension TextFile {
    /// The bytes of a text that must be UTF-8.
    ///
    /// - Parameter isStopped: polled for every megabyte and while waiting for data; true ends it
    ///   with `CorpusError.interrupted`.
    package static func utf8(
        of path: String, isStopped: () -> Bool = { false }
    ) throws(CorpusError) -> [UInt8] {
        let bytes = try bytes(of: path, isStopped: isStopped)
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .notUTF8(file: path, offset: error.byteOffsets.lowerBound)
        }
        return bytes
    }
}
