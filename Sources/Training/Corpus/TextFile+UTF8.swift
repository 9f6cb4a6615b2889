extension TextFile {
    /// The bytes of a text that must be UTF-8.
    package static func utf8(of path: String) throws(CorpusError) -> [UInt8] {
        let bytes = try bytes(of: path)
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .notUTF8(file: path, offset: error.byteOffsets.lowerBound)
        }
        return bytes
    }
}
