import Foundation

extension ModelConfig {
    /// Requires a model with states and predictions after single tokens.
    ///
    /// - Throws: `ModelError` for a model that reads whole messages.
    package func requireTokenStates(file: String = "config.json") throws(ModelError) {
        guard bidirectional else { return }
        throw ModelError(
            .unsupported, file: file, part: "bidirectional", found: "true",
            expected: "false for this command: the model reads whole messages, and has neither "
                + "states nor predictions after single tokens")
    }
}

extension Model {
    /// - Throws: `ModelError` for a model that reads whole messages.
    package func requireTokenStates() throws(ModelError) {
        try config.requireTokenStates(file: folder.appending(path: "config.json").path)
    }
}
