/// A position where a text is not JSON, what was found there and what was expected.
package struct JSONError: Error, Equatable {
    package let offset: Int
    package let found: String
    package let expected: String
}
