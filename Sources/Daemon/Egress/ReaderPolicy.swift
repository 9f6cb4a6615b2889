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

    /// What the gate does about readers. What a PUSH socket has given one puller no other gets, so
    /// pullers are waited for; libzmq gives the next events to others.
    ///
    /// - Parameter isSkipping: the output has waited as long as it may.
    func gateRule(_ kind: Configuration.Output.Kind, isSkipping: Bool) -> GateReaders.Rule {
        let slow: GateReaders.Slow =
            switch (kind, slowReader) {
            case (.push, _): .awaited
            case (.xpub, .disconnect): .disconnected(patience: readerTimeout)
            case (.xpub, .drop): .skipped
            case (.xpub, .block): isSkipping ? .skipped : .awaited
            }
        return GateReaders.Rule(slow, bytes: readerBytes, totalBytes: totalBytes)
    }
}
