/// Everything that is wrong with a configuration.
package struct ConfigurationError: Error, Equatable {
    package struct Problem: Error, Equatable, Sendable {
        /// Such as `input[1].bind[0]`; empty where the file as a whole is meant.
        package let key: String
        /// What was found and what was expected.
        package let text: String
        /// Counted from 1; nil where it is not known.
        package var position: TextPosition?

        package init(_ key: String, _ text: String, position: TextPosition? = nil) {
            self.key = key
            self.text = text
            self.position = position
        }
    }

    /// The file's path, or what the configuration came from.
    package let source: String
    package let problems: [Problem]

    package init(source: String, problems: [Problem]) {
        self.source = source
        self.problems = problems
    }
}

package struct TextPosition: Equatable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// One line for each problem: `sluice.toml:12:1: engine.thread: …`
    package var description: String {
        problems.map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            let key = problem.key.isEmpty ? "" : " \(problem.key):"
            return "\(source)\(place):\(key) \(problem.text)"
        }
        .joined(separator: "\n")
    }
}
