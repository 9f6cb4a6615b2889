import CZeroMQ

/// The result of publishing a message on PUB or XPUB.
package enum PublishResult: Equatable, Sendable {
    /// Queued for every matching subscriber that libzmq regards as keeping up.
    case sent
    /// At least one matching subscriber's queue was full and it misses this message; the others
    /// get it.
    case dropped
}

extension Socket {
    /// Sends to every subscriber with room and never waits. PUB and XPUB, with `noDrop` on.
    ///
    /// A count of `.dropped` is a count of stalls, not of lost messages: libzmq leaves the
    /// subscriber out, silently, until it has read half its queue (and a `Poller` with
    /// this socket, or a millisecond, has passed). What each subscriber missed shows only in the
    /// messages' sequence numbers. To lose nothing, use `send`, which reports or waits out every
    /// full queue.
    package func publish(
        _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) throws(ZeroMQError) -> PublishResult {
        if try send(first, second, third, wait: .never) == .sent { return .sent }
        // libzmq looks for readers' progress about once a millisecond unless it is asked.
        try processCommands()
        if try send(first, second, third, wait: .never) == .sent { return .sent }
        try handle.setNoDrop(false)
        defer { try? handle.setNoDrop(true) }
        _ = try send(first, second, third, wait: .never)
        return .dropped
    }

    private func processCommands() throws(ZeroMQError) {
        var events: Int32 = 0
        var size = MemoryLayout<Int32>.size
        try check(
            unsafe zmq_getsockopt(handle.pointer, ZMQ_EVENTS, &events, &size),
            .getOption("ZMQ_EVENTS"))
    }
}
