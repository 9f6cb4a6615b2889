/// The store cannot be used or written: which file, which part, what was found, what to do.
package struct JournalError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The file or its folder cannot be opened or made.
        case unreadable
        /// It is there, but may not be written.
        case readOnly
        /// Another process writes it.
        case inUse
        /// Another program holds a lock on the database; the same may succeed later.
        case locked
        /// The open files are no longer those at the store's path; the same may succeed once they are.
        case moved
        /// It is no store of ours, or one of a later version.
        case foreign
        /// What it holds is not what was written.
        case damaged
        /// No room is left; the same write may succeed later.
        case full
        /// Reading or writing failed; the same may succeed later.
        case io
        /// It does not hold what was asked for.
        case missing
    }

    package let code: Code
    package let file: String
    /// The record or table concerned, if it is one.
    package let part: String?
    /// What was found and what was expected or can be done, as one sentence.
    package let message: String

    package init(_ code: Code, file: String, part: String? = nil, _ message: String) {
        self.code = code
        self.file = file
        self.part = part
        self.message = message
    }

    package var description: String {
        (part.map { "\(file): \($0)" } ?? file) + ": " + message
    }
}
