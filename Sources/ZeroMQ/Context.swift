import CZeroMQ
import Synchronization

/// Owns libzmq's I/O threads; every socket keeps its context alive.
///
/// The last reference ends the context, which waits for unsent messages no longer than the
/// sockets' `linger`. libzmq's own threads block all signals. Threads that use sockets should do
/// the same and leave signals to one thread, so that no call here is interrupted needlessly.
@safe package final class Context: Sendable {
    // A zmq context is the one libzmq object that threads may share: zmq(7), "Thread safety".
    nonisolated(unsafe) private let raw: UnsafeMutableRawPointer
    private let isTerminated = Atomic<Bool>(false)

    /// - Parameter ioThreads: libzmq advises one for each gigabyte per second.
    package init(ioThreads: Int = 1, maxSockets: Int = 1023) throws(ZeroMQError) {
        guard let raw = unsafe zmq_ctx_new() else { throw .last(.createContext) }
        unsafe self.raw = raw
        try set(ZMQ_IO_THREADS, "ZMQ_IO_THREADS", ioThreads)
        try set(ZMQ_MAX_SOCKETS, "ZMQ_MAX_SOCKETS", maxSockets)
        // No socket may hold up the end of the context forever.
        try set(ZMQ_BLOCKY, "ZMQ_BLOCKY", 0)
    }

    deinit { terminate() }

    /// Ends the context now, before the process ends: returns when every socket is
    /// closed and what was sent is delivered, or the sockets' `linger` is over. Calls on sockets
    /// throw as after `shutdown`. No other call may follow.
    package func terminate() {
        guard !isTerminated.exchange(true, ordering: .acquiringAndReleasing) else { return }
        while unsafe zmq_ctx_term(raw) == -1, zmq_errno() == EINTR {}
    }

    /// Makes every call on this context's sockets, also one that blocks in another thread now,
    /// throw `ZeroMQError` with the code `.contextTerminated`. What was sent before is still
    /// delivered within the sockets' `linger`. Any thread may call it, any number of times.
    package func shutdown() {
        unsafe zmq_ctx_shutdown(raw)
    }

    func makeSocket(_ kind: SocketKind) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        guard let socket = unsafe zmq_socket(raw, kind.rawValue) else {
            throw .last(.createSocket(kind))
        }
        return unsafe socket
    }

    private func set(_ option: Int32, _ name: String, _ value: Int) throws(ZeroMQError) {
        guard let value = Int32(exactly: value) else {
            throw ZeroMQError(.setOption(name), code: .invalidArgument)
        }
        guard unsafe zmq_ctx_set(raw, option, value) == 0 else { throw .last(.setOption(name)) }
    }
}
