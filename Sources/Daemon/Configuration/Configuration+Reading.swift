package import StrictTOML

extension Configuration {
    /// Reads a TOML file. A relative path in it starts from the file's folder.
    package init(file path: String) throws(ConfigurationError) {
        self = try ConfigurationSource(file: path).read()
    }

    /// - Parameter source: the name of the document in errors.
    package init(document: String, source: String) throws(ConfigurationError) {
        self = try TOMLDocument.read(
            document, source: source, codec: Self.codec, inconsistencies: \.inconsistencies)
    }

    /// Checks what was put together, each value and all of them together.
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
}
