/// Why a session cannot be exported as asked.
package struct ExportError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
