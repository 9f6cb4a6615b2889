/// Why a request is not carried out: what was found, and what was expected.
package struct HTTPRefusal: Error, Equatable, Sendable {
    package let status: HTTPStatus
    /// One line for the client.
    package let reason: String

    package init(_ status: HTTPStatus, _ reason: String) {
        (self.status, self.reason) = (status, reason)
    }
}
