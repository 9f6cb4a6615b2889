/// What a file holds that was taken for text in UTF-8, and how to make such text of it.
package struct ForeignText: Error, Equatable, Sendable, CustomStringConvertible {
    /// Such as `UTF-16 text` or `gzip data`.
    package let found: String
    /// Such as `convert it with iconv -f UTF-16 -t UTF-8`.
    package let remedy: String

    package var description: String { "found \(found), expected text in UTF-8; \(remedy)" }

    static func encoded(_ name: String, as encoding: String) -> ForeignText {
        ForeignText(
            found: "\(name) text", remedy: "convert it with `iconv -f \(encoding) -t UTF-8`")
    }

    static func compressed(_ name: String, with command: String) -> ForeignText {
        ForeignText(found: "\(name) data", remedy: "decompress it with `\(command)`")
    }

    static func archive(_ name: String, with command: String) -> ForeignText {
        ForeignText(found: name, remedy: "take the text out of it with `\(command)`")
    }

    static func binary(_ name: String) -> ForeignText {
        ForeignText(found: name, remedy: "give the text itself")
    }

    static let unknownBinary = ForeignText(
        found: "zeros among bytes that are no UTF-8",
        remedy: "give the text itself, or convert it, such as with `iconv -f UTF-16LE -t UTF-8`")

    /// What to try where bytes are no UTF-8 and it is not known what they are.
    package static let unknownEncodingRemedy =
        "convert it, such as with `iconv -f WINDOWS-1252 -t UTF-8`"
}
