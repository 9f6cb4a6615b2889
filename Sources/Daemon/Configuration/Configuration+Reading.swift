import Foundation
import Glibc

extension Configuration {
    /// Reads a TOML file. A relative path in it starts from the file's folder.
    package init(file path: String) throws(ConfigurationError) {
        let document: String
        do throws(ConfigurationError.Problem) {
            document = try Self.text(of: path)
        } catch {
            throw ConfigurationError(source: path, problems: [error])
        }
        try self.init(document: document, source: path)
        let folder = URL(filePath: path).deletingLastPathComponent()
        model = model.map { Self.absolute($0, from: folder) }
        journal.path = journal.path.map { Self.absolute($0, from: folder) }
    }

    private static func absolute(_ path: String, from folder: URL) -> String {
        path.hasPrefix("/") ? path : folder.appending(path: path).path(percentEncoded: false)
    }

    /// - Parameter source: what errors call the document.
    package init(document: String, source: String) throws(ConfigurationError) {
        self.init()
        var problems: [ConfigurationError.Problem] = []
        do throws(ConfigurationError.Problem) {
            let value = try ConfigurationValue.parse(document)
            self = Self.codec.decode(value, "", &problems) ?? self
            if problems.isEmpty { problems = inconsistencies }
        } catch {
            problems = [error]
        }
        guard problems.isEmpty else {
            let locator = KeyLocator(document)
            throw ConfigurationError(source: source, problems: problems.map(locator.located))
        }
    }

    /// Checks what was put together from flags, each value and all of them together.
    package func check(source: String) throws(ConfigurationError) {
        var problems: [ConfigurationError.Problem] = []
        _ = Self.codec.decode(Self.codec.encode(self), "", &problems)
        problems += inconsistencies
        guard problems.isEmpty else {
            throw ConfigurationError(source: source, problems: problems)
        }
    }

    /// This configuration as TOML that reads back equal.
    package var document: String { Self.codec.encode(self).document }

    private static func text(of path: String) throws(ConfigurationError.Problem) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            var status = stat()
            let isThere = unsafe stat(path, &status) == 0
            let reason = isThere ? "is not a file that may be read" : "there is no such file"
            throw ConfigurationError.Problem("", reason)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError.Problem("", "is not UTF-8")
        }
        return text
    }
}
