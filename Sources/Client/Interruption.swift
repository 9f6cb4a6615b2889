import Glibc
package import ZeroMQ

/// SIGINT and SIGTERM as a request to stop cleanly; a second one ends the process at once.
package final class Interruption: Sendable {
    /// Readable from the first signal on; whoever waits watches it and never clears it.
    package let wake: WakeEvent

    package init() throws(ZeroMQError) {
        wake = try WakeEvent()
    }

    /// Call it before other threads start: they inherit that the signals are blocked.
    package func catchSignals() throws(ClientError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil, { unsafe awaitSignals($0) }, Unmanaged.passRetained(self).toOpaque())
        guard status == 0 else {
            throw .threadFailed(reason: unsafe String(cString: strerror(status)))
        }
        pthread_detach(thread)
    }

    fileprivate func run() {
        var signals = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &signals)
        var received: Int32 = 0
        unsafe sigwait(&signals, &received)
        wake.signal()
        unsafe sigwait(&signals, &received)
        _exit(128 + received)
    }
}

private func awaitSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context = unsafe context {
        unsafe Unmanaged<Interruption>.fromOpaque(context).takeRetainedValue().run()
    }
    return nil
}
