import CZeroMQ

/// A received message: up to `frameLimit` frames, held where libzmq put them.
///
/// Meant to be reused: a new message takes the place of the old one, and nothing is allocated.
/// Further frames of a longer message are counted and released.
@safe package struct Multipart: ~Copyable {
    package let frameLimit: Int
    /// Frames held.
    package private(set) var count = 0
    /// Frames of the same message beyond the limit.
    package private(set) var droppedFrameCount = 0
    /// Bytes in all frames of the message, held or not.
    package private(set) var byteCount = 0
    /// One slot for each frame, and one that takes those beyond the limit in turn. All are initialised
    /// from `init` to `deinit`; a frame's bytes are only lent, by `withFrame`.
    private let slots: UnsafeMutableBufferPointer<zmq_msg_t>

    package init(frameLimit: Int) {
        precondition(frameLimit > 0, "a message has at least one frame")
        self.frameLimit = frameLimit
        unsafe slots = .allocate(capacity: frameLimit + 1)
        unsafe slots.initialize(repeating: zmq_msg_t())
        for index in 0...frameLimit { unsafe zmq_msg_init(slot(index)) }
    }

    deinit {
        for index in 0...frameLimit { unsafe zmq_msg_close(slot(index)) }
        unsafe slots.deallocate()
    }

    /// Lends a frame's bytes.
    package func withFrame<Result: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index >= 0 && index < count, "frame \(index) of \(count)")
        let start = unsafe zmq_msg_data(slot(index))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: zmq_msg_size(slot(index)))
        return try body(unsafe bytes.bindMemory(to: UInt8.self).span)
    }

    package func frameByteCount(_ index: Int) -> Int {
        withFrame(index) { $0.count }
    }

    /// A copy of a frame's bytes.
    package func copyFrame(_ index: Int) -> [UInt8] {
        withFrame(index) { frame in
            unsafe frame.withUnsafeBufferPointer { unsafe Array($0) }
        }
    }

    /// libzmq's descriptor of the connection that the message came by; -1 if it is not known. By
    /// the time, it may be closed, or be another's.
    ///
    /// The last frame has it. A ROUTER puts an identity first, which has it only where no poller
    /// has waited for the message (libzmq's router_t::xhas_in).
    var sourceDescriptor: Int32 {
        count > 0 ? unsafe zmq_msg_get(slot(count - 1), ZMQ_SRCFD) : -1
    }

    /// The public key of the client that sent it, in Z85: the gate has checked it. Nil where the
    /// endpoint is not encrypted.
    package var senderKey: String? {
        guard count > 0, let text = unsafe zmq_msg_gets(slot(count - 1), GatePeer.property) else {
            return nil
        }
        return unsafe String(cString: text)
    }

    /// A copy of every frame held.
    package func copyFrames() -> [[UInt8]] {
        (0..<count).map { copyFrame($0) }
    }

    /// Releases every frame.
    package mutating func removeAll() {
        for index in 0..<count { unsafe release(slot(index)) }
        count = 0
        droppedFrameCount = 0
        byteCount = 0
    }

    /// Where the next frame goes: an initialised, empty message.
    var nextSlot: UnsafeMutablePointer<zmq_msg_t> { unsafe slot(count) }

    /// Takes in the frame just received at `nextSlot`; returns whether the message continues.
    mutating func takeFrame() -> Bool {
        let frame = unsafe nextSlot
        let more = unsafe zmq_msg_more(frame) != 0
        byteCount += unsafe zmq_msg_size(frame)
        if count < frameLimit {
            count += 1
        } else {
            droppedFrameCount += 1
            unsafe release(frame)
        }
        return more
    }

    /// Memory was allocated, so there is a base address; callers pass an index of 0 to `frameLimit`.
    private func slot(_ index: Int) -> UnsafeMutablePointer<zmq_msg_t> {
        unsafe slots.baseAddress.unsafelyUnwrapped + index
    }

    private func release(_ frame: UnsafeMutablePointer<zmq_msg_t>) {
        unsafe zmq_msg_close(frame)
        unsafe zmq_msg_init(frame)
    }
}
