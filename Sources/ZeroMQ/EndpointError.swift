/// Why a text is not an endpoint: what was given and what is wrong with it.
package struct EndpointError: Error, Equatable, CustomStringConvertible {
    package let text: String
    package let problem: String

    package var description: String {
        "malformed endpoint '\(text)': \(problem). Endpoints look like tcp://127.0.0.1:5555, "
            + "tcp://*:5555, ipc:///run/sluice/in or inproc://name"
    }
}
