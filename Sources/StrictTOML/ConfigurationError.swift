/// All problems of a configuration.
package struct ConfigurationError: Error, Equatable {
    package struct Problem: Error, Equatable, Sendable {
        /// Such as `input[1].bind[0]`; empty for the file as a whole.
        package let key: String
        /// What was found and what was expected.
        package let text: String
        /// Counted from 1; nil if unknown.
        package var position: TextPosition?

        package init(_ key: String, _ text: String, position: TextPosition? = nil) {
            self.key = key
            self.text = text
            self.position = position
        }
    }

    /// The path of the file, or another name of the source.
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
