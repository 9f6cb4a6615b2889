package import ZeroMQ

extension FileInput {
    /// Waits for more to read, or for the user to interrupt.
    package func wait(or interruption: Interruption) throws(ZeroMQError) {
        guard let descriptor else { return }
        var poller = Poller()
        poller.add(interruption.wake)
        poller.add(fileDescriptor: descriptor.number, owner: descriptor)
        try poller.wait()
    }
}
