/// What must hold for every input did not hold for this one.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String
}

/// - Throws: `BrokenProperty` if the condition is false.
func require(
    _ condition: Bool, _ property: @autoclosure () -> String
) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(description: property()) }
}

/// - Throws: `BrokenProperty` if the values differ.
func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ property: String
) throws(BrokenProperty) {
    try require(found == expected, "\(property): found \(found), expected \(expected)")
}
