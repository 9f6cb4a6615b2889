/// All problems of a configuration.
package struct ConfigurationError: Error, Equatable {
    package struct Problem: Error, Equatable, Sendable {
        /// Such as `input[1].bind[0]`; empty for the file as a whole.
        package let key: String
        /// What was found and what was expected.
        package let text: String
        /// Counted from 1; nil if unknown.
        package var position: TextPosition?
        /// Where the value comes from, if not from the error's source.
        package var source: String?
        /// Other keys that this key was compared with.
        package var involves: [String] = []

        package init(_ key: String, _ text: String, position: TextPosition? = nil) {
            self.key = key
            self.text = text
            self.position = position
        }

        /// A contradiction to the values of other keys.
        package init(_ key: String, _ text: String, with involves: [String]) {
            self.init(key, text)
            self.involves = involves
        }

        /// Whether this may be only a consequence of other problems: a key that has one has its
        /// default instead.
        package func mayFollow(from problems: [Problem]) -> Bool {
            ([key] + involves).contains { key in
                problems.contains { $0.key.contains(key: key) || key.contains(key: $0.key) }
            }
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
    package var description: String { lines.joined(separator: "\n") }

    package var lines: [String] {
        problems.map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            let key = problem.key.isEmpty ? "" : " \(problem.key):"
            return "\(problem.source ?? source)\(place):\(key) \(problem.text)"
        }
    }
}

extension String {
    /// Whether the other key is this one, or one below it: `input[0]` contains `input[0].bind[1]`.
    package func contains(key other: String) -> Bool {
        guard other.hasPrefix(self) else { return false }
        let next = other.dropFirst(count).first
        return next == nil || next == "." || next == "["
    }
}
