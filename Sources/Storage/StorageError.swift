/// A store cannot be used, read or written: which store, which part, what was found, what to do.
package struct StorageError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The store cannot be opened or made.
        case unreadable
        /// It is there, but may not be written.
        case readOnly
        /// Another process writes it.
        case inUse
        /// It is to be made where there is one already.
        case exists
        /// Another program holds a lock on it; the same may succeed later.
        case locked
        /// Its open files are no longer those at its path; the same may succeed once they are.
        case moved
        /// It is not a store of ours, or one of a later version.
        case foreign
        /// What it holds is not what was written.
        case damaged
        /// No room is left; the same write may succeed later.
        case full
        /// Reading or writing failed; the same may succeed later.
        case io
        /// It does not hold what was asked for.
        case missing
        /// Another owner has the store: this fence token is stale, and stays so.
        case notOwner
        /// It is not known whether the batch was written. The same batch may be appended again: it is
        /// written once.
        case unknownOutcome
        /// Only some of what was asked for can be read now; the same may succeed later.
        case partial
    }

    package let code: Code
    /// The store's name, or the part of it that failed: a file, an address.
    package let store: String
    /// The record or table concerned, if it is one.
    package let part: String?
    /// What was found and what was expected or can be done, as one sentence.
    package let message: String

    package init(_ code: Code, in store: String, part: String? = nil, _ message: String) {
        self.code = code
        self.store = store
        self.part = part
        self.message = message
    }

    package var description: String {
        (part.map { "\(store): \($0)" } ?? store) + ": " + message
    }

    /// Whether the same may succeed later with a store that is open.
    package var mayPass: Bool {
        switch code {
        case .full, .io, .readOnly, .unreadable, .locked, .moved, .unknownOutcome, .partial: true
        case .inUse, .exists, .foreign, .damaged, .missing, .notOwner: false
        }
    }
}
