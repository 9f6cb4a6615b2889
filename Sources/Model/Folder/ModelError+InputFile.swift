import Files

extension ModelError {
    /// An unreadable file of the folder.
    init(_ error: InputFileError) {
        self.init(
            error.code == .malformed ? .malformed : .unreadable, file: error.path,
            found: error.found, expected: error.expected)
    }
}

extension RegularFile {
    /// Opens a file of a model folder.
    init(modelPath path: String) throws(ModelError) {
        do {
            self = try RegularFile(path: path)
        } catch {
            throw ModelError(error)
        }
    }

    /// `values`, with a `ModelError`.
    func modelValues<Element: BitwiseCopyable>(
        _ zero: Element, count: Int, from offset: Int
    ) throws(ModelError) -> [Element] {
        do {
            return try values(zero, count: count, from: offset)
        } catch {
            throw ModelError(error)
        }
    }

    /// `contents`, with a `ModelError`.
    static func modelContents(of path: String, limit: Int) throws(ModelError) -> [UInt8] {
        do {
            return try contents(of: path, limit: limit)
        } catch {
            throw ModelError(error)
        }
    }
}
