import ZeroMQ

/// What an output does about readers that do not keep up. It can change while the daemon serves.
package struct ReaderPolicy: Equatable, Sendable {
    package var slowReader: Configuration.Output.SlowReader
    /// How long the output waits; nil for any time.
    package var blockTimeout: Duration?
    package var blockThen: Configuration.Output.AfterBlock
    /// Bytes that may wait for one reader, and for all.
    package var readerBytes: Int
    package var totalBytes: Int
    package var readerTimeout: Duration

    package init(_ output: Configuration.Output, _ limits: Configuration.Limits) {
        slowReader = output.slowReader
        blockTimeout = output.blockTimeout
        blockThen = output.blockThen
        readerBytes = output.readerBytes
        totalBytes = limits.readerBytes
        readerTimeout = output.readerTimeout
    }

    /// What the gate disconnects readers by; nil where it keeps them.
    var gateRule: GateReaders.Rule? {
        guard slowReader == .disconnect else { return nil }
        return GateReaders.Rule(
            bytes: readerBytes, totalBytes: totalBytes, patience: readerTimeout)
    }
}
