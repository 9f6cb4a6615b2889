package import StrictTOML

extension Recipe {
    /// Reads a recipe file. Relative paths start from the file's folder; those of texts and tables
    /// start from `data`, if given.
    package init(file path: String, data: String? = nil) throws(ConfigurationError) {
        self = try TOMLDocument.read(
            try TOMLDocument.text(ofFile: path), source: path, codec: Self.codec,
            inconsistencies: \.inconsistencies)
        tokenizer = tokenizer.map { TOMLDocument.absolute($0, fromFile: path) }
        start = start.map { TOMLDocument.absolute($0, fromFile: path) }
        let base = data.map { "\($0)/recipe" } ?? path
        forEachCorpus { TOMLDocument.absolute($0, fromFile: base) }
    }

    /// This recipe as TOML. Reading it gives an equal recipe.
    package var document: String { Self.codec.encode(self).document }

    private mutating func forEachCorpus(_ change: (String) -> String) {
        for index in texts.indices { texts[index].files = texts[index].files.map(change) }
        for index in labelled.indices { labelled[index].files = labelled[index].files.map(change) }
        for index in validation.texts.indices {
            validation.texts[index].files = validation.texts[index].files.map(change)
        }
        for index in validation.labelled.indices {
            validation.labelled[index].files = validation.labelled[index].files.map(change)
        }
    }
}
