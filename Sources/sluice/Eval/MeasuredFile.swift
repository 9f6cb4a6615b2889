import Foundation
import Training

/// A file to measure models on, read.
struct MeasuredFile {
    enum Content {
        case text([UInt8])
        case table(LabelledTexts)
    }

    /// Without its folder.
    let name: String
    let content: Content

    /// - Parameter isStopped: asked often; true ends it.
    /// - Throws: `CorpusError`.
    init(
        path: String, _ options: MeasureOptions, isStopped: () -> Bool
    ) throws(CorpusError) {
        name = URL(filePath: path).lastPathComponent
        if LabelledTexts.isTable(path) {
            let bytes = try TextFile.bytes(of: path, isStopped: isStopped)
            content = .table(try LabelledTexts(bytes, file: path, options.tables))
        } else {
            let text = try TextFile.bytes(of: path, isStopped: isStopped)
            content = .text(options.bytes.map { Self.beginning(of: text, bytes: $0) } ?? text)
        }
    }

    /// Without what says that it is text.
    var shortName: String {
        var name = name
        for ending in [".xz", ".tsv", ".txt"] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
        }
        return name
    }

    /// Up to so many bytes, and no part of a character.
    private static func beginning(of text: [UInt8], bytes: Int) -> [UInt8] {
        guard bytes < text.count else { return text }
        var end = bytes
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }
}
