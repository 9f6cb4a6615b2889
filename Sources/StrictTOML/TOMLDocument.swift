import Files
import Foundation
import PlainText

/// Reads TOML files with a codec.
package enum TOMLDocument {
    /// The text of a file.
    ///
    /// - Throws: `ConfigurationError` if the file is missing or not UTF-8.
    package static func text(ofFile path: String) throws(ConfigurationError) -> String {
        do throws(ConfigurationError.Problem) {
            return try text(of: path)
        } catch {
            throw ConfigurationError(source: path, problems: [error])
        }
    }

    /// Reads a document. The error contains every problem with its position.
    ///
    /// - Parameters:
    ///   - source: the name of the document in errors.
    ///   - inconsistencies: finds contradictions between values that are valid on their own.
    package static func read<Value>(
        _ document: String, source: String, codec: ConfigurationCodec<Value>,
        inconsistencies: (Value) -> [ConfigurationError.Problem]
    ) throws(ConfigurationError) -> Value {
        var problems: [ConfigurationError.Problem] = []
        do throws(ConfigurationError.Problem) {
            let value = codec.decode(try ConfigurationValue.parse(document), "", &problems)
            if let value {
                problems += inconsistencies(value).filter { !$0.mayFollow(from: problems) }
                if problems.isEmpty { return value }
            }
        } catch {
            problems = [error]
        }
        let locator = KeyLocator(document)
        throw ConfigurationError(source: source, problems: problems.map(locator.located))
    }

    /// Resolves a relative path from the folder of the file that contains it.
    package static func absolute(_ path: String, fromFile file: String) -> String {
        let folder = URL(filePath: file).deletingLastPathComponent()
        return path.hasPrefix("/") ? path : folder.appending(path: path).path(percentEncoded: false)
    }

    private static func text(of path: String) throws(ConfigurationError.Problem) -> String {
        let bytes: [UInt8]
        do {
            bytes = try SmallDocument.contents(of: path, limit: byteLimit)
        } catch {
            throw ConfigurationError.Problem(
                "", error.code == .missing ? "there is no such file" : error.reason)
        }
        do {
            let bytes = try bytes.textOfFile()
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        } catch {
            throw ConfigurationError.Problem("", "\(error)")
        }
        throw ConfigurationError.Problem("", "is not UTF-8")
    }

    /// The maximum size of a document, in bytes.
    private static let byteLimit = 1 << 20
}
