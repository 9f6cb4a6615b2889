import Foundation
import Training

/// The content of a file to measure models on.
struct MeasuredFile {
    enum Content {
        case text([UInt8])
        case table(LabelledTexts)
    }

    /// The file's name, with its folder where names are not unique.
    let name: String
    let content: Content

    /// Reads all files.
    ///
    /// - Parameter isStopped: called often; true ends reading.
    /// - Throws: `CorpusError`.
    static func all(
        _ paths: [String], _ options: MeasureOptions, isStopped: () -> Bool
    ) throws(CorpusError) -> [MeasuredFile] {
        let names = paths.map { URL(filePath: $0).lastPathComponent }
        let areNames = Set(names).count == Set(paths).count
        var files: [MeasuredFile] = []
        for (path, name) in zip(paths, names) {
            files.append(
                MeasuredFile(
                    name: areNames ? name : path, content: try content(path, options, isStopped)))
        }
        return files
    }

    private static func content(
        _ path: String, _ options: MeasureOptions, _ isStopped: () -> Bool
    ) throws(CorpusError) -> Content {
        guard !LabelledTexts.isTable(path) else {
            let bytes = try TextFile.utf8(of: path, isStopped: isStopped)
            return .table(try LabelledTexts(bytes, file: path, options.tables))
        }
        let text = try TextFile.utf8(of: path, isStopped: isStopped)
        try LabelledTexts.checkIsProse(text, file: path)
        return .text(options.bytes.map { beginning(of: text, bytes: $0) } ?? text)
    }

    /// Without the endings of text files.
    var shortName: String {
        var name = name
        for ending in [".xz", ".tsv", ".csv", ".txt"] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
        }
        return name
    }

    /// Up to this number of bytes, and no part of a character.
    private static func beginning(of text: [UInt8], bytes: Int) -> [UInt8] {
        guard bytes < text.count else { return text }
        var end = bytes
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }
}
