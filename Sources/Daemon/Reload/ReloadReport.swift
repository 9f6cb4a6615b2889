/// What became of the keys that a reload found changed: the result of `reload`.
package struct ReloadReport: Codable, Equatable, Sendable {
    /// Keys that have their new value: `log.level`, `input[0].bind`.
    package var applied: [String] = []
    /// Keys that keep their value until the daemon is started again.
    package var needsRestart: [String] = []
    /// What else has changed: files that keys name.
    package var notes: [String] = []

    package init() {}
}

/// Why a reload changed nothing.
package struct ReloadError: Error, Equatable, CustomStringConvertible {
    /// Each with the file and line, or the key.
    package let problems: [String]

    package init(problems: [String]) { self.problems = problems }

    package var description: String { problems.joined(separator: "\n") }
}
