/// One run of the daemon.
package struct RunRecord: Equatable, Sendable {
    /// Seconds since 1970.
    package var started: Double
    /// Nil while it runs, and where it did not end in order.
    package var stopped: Double?
    /// The program's version.
    package var version: String
    /// The fingerprint of the model it began with.
    package var model: [UInt8]
    /// The instruction set its kernels used.
    package var kernelTier: String
    /// Threads of computation: the number of shards.
    package var threads: Int

    package init(
        started: Double, stopped: Double? = nil, version: String, model: [UInt8],
        kernelTier: String, threads: Int
    ) {
        self.started = started
        self.stopped = stopped
        self.version = version
        self.model = model
        self.kernelTier = kernelTier
        self.threads = threads
    }
}
