package import Client
import ZeroMQ

/// The user has had enough.
package struct Interrupted: Error {
    package init() {}
}

extension Interruption {
    /// - Throws: `Interrupted` once it is requested.
    package func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }

    /// Lets other threads work for so long.
    ///
    /// - Throws: `Interrupted`, `ZeroMQError`.
    func wait(seconds: Double) throws {
        var poller = Poller()
        poller.add(wake)
        try poller.wait(timeout: .seconds(seconds))
        try check()
    }
}
