import CZeroMQ

/// A ZeroMQ socket: made, used and closed on one thread, which is checked.
///
/// Every call that can wait ends when `Context.shutdown()` is called in another thread. Interrupted
/// system calls are restarted.
package struct Socket: ~Copyable {
    let handle: SocketHandle

    package init(
        _ kind: SocketKind, in context: Context, options: SocketOptions = SocketOptions()
    ) throws(ZeroMQError) {
        handle = try SocketHandle(kind, in: context, options: options)
    }

    package var kind: SocketKind { handle.kind }

    /// Accepts peers at `endpoint`; returns it with wildcards filled in.
    @discardableResult
    package func bind(_ endpoint: Endpoint) throws(ZeroMQError) -> Endpoint {
        try endpoint.checkNotListened()
        try handle.attaching(needsIPv6: endpoint.isIPv6Address) { () throws(ZeroMQError) in
            try check(unsafe zmq_bind(handle.pointer, endpoint.text), .bind, endpoint)
        }
        guard endpoint.isWildcard else { return endpoint }
        return (try? Endpoint(lastEndpoint())) ?? endpoint
    }

    /// Accepts connections of this process alone, at a name in the abstract namespace.
    func bindPrivately(_ name: String) throws(ZeroMQError) {
        try handle.acceptOwnProcessOnly()
        try handle.check(unsafe zmq_bind(handle.pointer, "ipc://" + name), .bind)
    }

    /// Begins to connect; libzmq retries in the background, also while nothing listens. A connection
    /// of TCP is encrypted if the options say so.
    package func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try connect(endpoint, curve: handle.curve)
    }

    /// The same, with these keys for a connection of TCP; nil for no encryption.
    package func connect(
        _ endpoint: Endpoint, curve: SocketOptions.CurveClient?
    ) throws(ZeroMQError) {
        try handle.encrypting(by: endpoint.isTCP ? curve : nil) { () throws(ZeroMQError) in
            try handle.attaching(needsIPv6: endpoint.needsIPv6) { () throws(ZeroMQError) in
                try check(unsafe zmq_connect(handle.pointer, endpoint.text), .connect, endpoint)
            }
        }
    }

    /// Ends what `bind` or `connect` began. Messages that are queued for that peer are dropped after
    /// the linger time.
    package func disconnect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try check(unsafe zmq_disconnect(handle.pointer, endpoint.text), .connect, endpoint)
    }

    package func unbind(_ endpoint: Endpoint) throws(ZeroMQError) {
        try check(unsafe zmq_unbind(handle.pointer, endpoint.text), .bind, endpoint)
    }

    /// The endpoint bound or connected last, as libzmq writes it.
    package func lastEndpoint() throws(ZeroMQError) -> String {
        var bytes = [CChar](repeating: 0, count: 1024)
        var count = bytes.count
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe zmq_getsockopt(
                handle.pointer, ZMQ_LAST_ENDPOINT, buffer.baseAddress, &count)
        }
        try check(status, .getOption("ZMQ_LAST_ENDPOINT"))
        return String(decoding: bytes.prefix(max(count, 1) - 1).map(UInt8.init), as: UTF8.self)
    }

    func check(
        _ status: Int32, _ operation: ZeroMQError.Operation, _ endpoint: Endpoint? = nil
    ) throws(ZeroMQError) {
        try handle.check(status, operation, endpoint)
    }
}
