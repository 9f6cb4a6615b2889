/// Where a JSON text is wrong, what stands there, and what should.
package struct JSONError: Error, Equatable {
    package let offset: Int
    package let found: String
    package let expected: String
}
