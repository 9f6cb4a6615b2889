import Files

extension ModelError {
    /// A file of the folder that cannot be read as it should be.
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

    /// As `values`, for a file of a model folder.
    func modelValues<Element: BitwiseCopyable>(
        _ zero: Element, count: Int, from offset: Int
    ) throws(ModelError) -> [Element] {
        do {
            return try values(zero, count: count, from: offset)
        } catch {
            throw ModelError(error)
        }
    }

    /// As `contents`, for a file of a model folder.
    static func modelContents(of path: String, limit: Int) throws(ModelError) -> [UInt8] {
        do {
            return try contents(of: path, limit: limit)
        } catch {
            throw ModelError(error)
        }
    }
}
