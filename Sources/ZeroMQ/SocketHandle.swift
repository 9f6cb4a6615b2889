import CZeroMQ
import Glibc

/// A zmq socket, closed with its last reference: its `Socket`, or a `Poller` that watches it.
@safe final class SocketHandle {
    let kind: SocketKind
    /// Valid until `deinit` closes it; only `pointer` hands it out, to its own thread.
    private let raw: UnsafeMutableRawPointer
    let context: Context
    /// IPv6 is on for every endpoint, not only for IPv6 addresses.
    let isIPv6: Bool
    let curve: SocketOptions.CurveClient?
    private let thread = pthread_self()

    init(
        _ kind: SocketKind, in context: Context, options: SocketOptions
    ) throws(ZeroMQError) {
        self.kind = kind
        self.context = context
        isIPv6 = options.ipv6
        curve = options.curve
        unsafe raw = try context.makeSocket(kind)
        try apply(options)
    }

    deinit {
        unsafe zmq_close(pointer)
    }

    /// The zmq socket; traps on any other thread, where libzmq would corrupt memory.
    var pointer: UnsafeMutableRawPointer {
        precondition(
            pthread_equal(thread, pthread_self()) != 0,
            "a ZeroMQ socket belongs to the thread that made it")
        return unsafe raw
    }

    func check(
        _ status: Int32, _ operation: ZeroMQError.Operation, _ endpoint: Endpoint? = nil
    ) throws(ZeroMQError) {
        guard status == -1 else { return }
        throw .last(operation, endpoint: endpoint?.text)
    }
}
