package import Client

/// The user interrupted the measurement.
package struct Interrupted: Error {
    package init() {}
}

extension Interruption {
    /// - Throws: `Interrupted` once it is requested.
    package func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }

    /// Waits while other threads work.
    ///
    /// - Throws: `Interrupted`.
    func pause(seconds: Double) throws(Interrupted) {
        wait(seconds: seconds)
        try check()
    }
}
