import CZeroMQ
package import Threads

/// Waits for sockets and file descriptors together (zmq_poll), on the sockets' own thread.
///
/// Keeps what it watches open. Each item is known by its index, in the order of adding.
@safe package struct Poller: ~Copyable {
    package struct Events: OptionSet, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) { self.rawValue = rawValue }

        package static let readable = Events(rawValue: Int16(ZMQ_POLLIN))
        package static let writable = Events(rawValue: Int16(ZMQ_POLLOUT))
    }

    // The sockets and descriptors in it stay open: `owners` holds them.
    private var items: [zmq_pollitem_t] = unsafe []
    private var owners: [AnyObject] = []

    package init() {}

    /// XPUB and PUB are always writable; to learn of a full subscriber, send.
    @discardableResult
    package mutating func add(
        _ socket: borrowing Socket, for events: Events = .readable
    ) -> Int {
        owners.append(socket.handle)
        return unsafe add(
            zmq_pollitem_t(
                socket: socket.handle.pointer, fd: 0, events: events.rawValue, revents: 0))
    }

    /// Readable when an event waits to be read.
    @discardableResult
    package mutating func add(_ monitor: borrowing SocketMonitor) -> Int {
        add(monitor.socket)
    }

    /// Readable when signalled and until cleared.
    @discardableResult
    package mutating func add(_ wake: WakeEvent) -> Int {
        add(fileDescriptor: wake.fileDescriptor, owner: wake)
    }

    /// `owner` keeps the descriptor open while the poller lives.
    @discardableResult
    package mutating func add(
        fileDescriptor: Int32, owner: AnyObject
    ) -> Int {
        owners.append(owner)
        return unsafe add(
            zmq_pollitem_t(
                socket: nil, fd: fileDescriptor, events: Events.readable.rawValue, revents: 0))
    }

    /// Changes what to wait for; nothing (`[]`) sets the item aside.
    package mutating func setEvents(_ events: Events, at index: Int) {
        unsafe items[index].events = events.rawValue
    }

    /// Waits until something is ready or the time is over (nil: any time); returns how many are.
    @discardableResult
    package mutating func wait(timeout: Duration? = nil) throws(ZeroMQError) -> Int {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        while true {
            let left = deadline.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
            let count = unsafe items.withUnsafeMutableBufferPointer { buffer in
                unsafe zmq_poll(
                    buffer.baseAddress, Int32(buffer.count), left?.milliseconds ?? -1)
            }
            if count >= 0 { return Int(count) }
            guard zmq_errno() == EINTR else { throw .last(.poll) }
        }
    }

    /// What the last `wait` found ready.
    package func events(at index: Int) -> Events {
        Events(rawValue: unsafe items[index].revents)
    }

    package func isReadable(_ index: Int) -> Bool {
        events(at: index).contains(.readable)
    }

    private mutating func add(_ item: zmq_pollitem_t) -> Int {
        unsafe items.append(item)
        return unsafe items.count - 1
    }
}
