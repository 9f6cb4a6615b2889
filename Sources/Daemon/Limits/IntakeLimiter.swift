import Names
import RateLimits
import Wire
import ZeroMQ

/// Decides which messages are taken in, before anything else is done with them. A refused message leaves
/// no trace in its stream, so nothing here is stored, and replay does not ask.
struct IntakeLimiter: Sendable {
    var rules: IntakeRules
    private var connections = RateTable<UInt64>()
    private var keys = RateTable<String>()
    private var streams = RateTable<StreamID>()
    private var streamsInUse = NamesInUse<StreamID>()
    private var streamsOfKeys = OwnedNames<String, StreamID>()
    private var producersOfKeys = OwnedNames<String, AwaitedNumbers.Producer>()
    private var producersOfStreams = OwnedNames<StreamID, Name>()
    private var awaited = AwaitedNumbers()

    init(_ rules: IntakeRules) { self.rules = rules }

    /// Whether a refused number is to come again.
    var isAwaiting: Bool { !awaited.isEmpty }

    /// Takes a message into account; nil if it is within all limits. A refused one counts for nothing.
    ///
    /// - Parameter now: in nanoseconds of a monotonic clock.
    mutating func refusal(of message: IntakeMessage, now: Int64) -> IntakeRefusal? {
        let limits = Limits(rules, message)
        let producer = message.numberedProducer
        if let producer, let refusal = outOfOrder(producer, message, now) { return refusal }
        if let refusal = tooLarge(message, limits) ?? withoutRoom(message, limits, now) {
            return refusal
        }
        if let refusal = tooFast(message, limits, now) {
            if let producer, !producer.isLast {
                awaited.note(
                    producer.number, producer.producer, of: message.sender,
                    due: now + refusal.wait, now: now)
            }
            return refusal
        }
        take(message, limits, now)
        if let producer { awaited.end(producer.number, producer.producer, of: message.sender) }
        return nil
    }

    /// A stream has ended.
    mutating func noteEnd(of stream: StreamID) {
        streamsInUse.giveBack(stream)
        streamsOfKeys.giveBack(stream)
    }

    /// What applies to one message.
    private struct Limits {
        let key: KeyLimits?
        let stream: StreamLimits?
        let connectionRates: Rates
        let keyRates: Rates
        let streamRates: Rates

        init(_ rules: IntakeRules, _ message: IntakeMessage) {
            key = message.key.map { rules.limits(of: $0) }
            stream = message.stream.flatMap { rules.limits(of: $0) }
            connectionRates = message.connection == nil ? Rates() : rules.connection
            keyRates = key?.rates.rates ?? Rates()
            streamRates = stream?.rates.rates ?? Rates()
        }
    }

    // MARK: What time does not help

    /// Also a message that a full bucket of bytes does not hold.
    private func tooLarge(_ message: IntakeMessage, _ limits: Limits) -> IntakeRefusal? {
        func check(_ limit: IntakeLimit, _ found: Int, _ most: Int?) -> IntakeRefusal? {
            guard let most, found > most else { return nil }
            return IntakeRefusal(limit: limit, most: UInt64(most), found: found)
        }
        let text = message.request?.text.count ?? 0
        return check(.keyText, text, limits.key?.textBytes)
            ?? check(.streamText, text, limits.stream?.textBytes)
            ?? check(.connectionBytes, message.bytes, limits.connectionRates.bytes?.burst)
            ?? check(.keyBytes, message.bytes, limits.keyRates.bytes?.burst)
            ?? check(.streamBytes, message.bytes, limits.streamRates.bytes?.burst)
    }

    /// Of a stream or a producer that may not come into use.
    private mutating func withoutRoom(
        _ message: IntakeMessage, _ limits: Limits, _ now: Int64
    ) -> IntakeRefusal? {
        guard let request = message.request, request.operation == .text else { return nil }
        let (stream, window) = (request.stream, rules.window)
        if let key = message.key, let most = limits.key?.streams, most < .max,
            !streamsOfKeys.hasRoom(of: key.name, for: stream, most: most, window: window, now: now)
        {
            return IntakeRefusal(limit: .keyStreams, most: UInt64(most))
        }
        if rules.streams < .max,
            !streamsInUse.hasRoom(for: stream, most: rules.streams, window: window, now: now)
        {
            return IntakeRefusal(limit: .streams, most: UInt64(rules.streams))
        }
        guard let producer = message.numberedProducer?.producer else { return nil }
        if let key = message.key, let most = limits.key?.producers, most < .max,
            !producersOfKeys.hasRoom(
                of: key.name, for: producer, most: most, window: window, now: now)
        {
            return IntakeRefusal(limit: .keyProducers, most: UInt64(most))
        }
        if let most = limits.stream?.producers, most < .max,
            !producersOfStreams.hasRoom(
                of: stream, for: producer.name, most: most, window: window, now: now)
        {
            return IntakeRefusal(limit: .streamProducers, most: UInt64(most))
        }
        return nil
    }

    // MARK: What time helps

    private func outOfOrder(
        _ numbered: NumberedProducer, _ message: IntakeMessage, _ now: Int64
    ) -> IntakeRefusal? {
        guard let first = awaited.awaited(numbered.producer, of: message.sender),
            numbered.number > first.number
        else { return nil }
        return IntakeRefusal(
            limit: .order, most: first.number, wait: max(1, first.due - now))
    }

    /// The rate that it has to wait for longest.
    private func tooFast(
        _ message: IntakeMessage, _ limits: Limits, _ now: Int64
    ) -> IntakeRefusal? {
        var longest: IntakeRefusal?
        func check(_ limit: IntakeLimit, _ wait: Int64, _ rate: RateLimit?) {
            guard let rate, wait > longest?.wait ?? 0 else { return }
            longest = IntakeRefusal(limit: limit, most: UInt64(rate.perSecond), wait: wait)
        }
        let bytes = message.bytes
        if let connection = message.connection {
            let rates = limits.connectionRates
            let wait = connections.wait(of: connection.id, bytes: bytes, rates, now: now)
            check(.connectionMessages, wait.messages, rates.messages)
            check(.connectionBytes, wait.bytes, rates.bytes)
        }
        if let key = message.key {
            let rates = limits.keyRates
            let wait = keys.wait(of: key.name, bytes: bytes, rates, now: now)
            check(.keyMessages, wait.messages, rates.messages)
            check(.keyBytes, wait.bytes, rates.bytes)
        }
        if let stream = message.stream {
            let rates = limits.streamRates
            let wait = streams.wait(of: stream, bytes: bytes, rates, now: now)
            check(.streamMessages, wait.messages, rates.messages)
            check(.streamBytes, wait.bytes, rates.bytes)
        }
        return longest
    }

    // MARK: What is taken in

    private mutating func take(_ message: IntakeMessage, _ limits: Limits, _ now: Int64) {
        let bytes = message.bytes
        if let connection = message.connection {
            connections.take(connection.id, bytes: bytes, limits.connectionRates, now: now)
        }
        if let key = message.key { keys.take(key.name, bytes: bytes, limits.keyRates, now: now) }
        if let stream = message.stream {
            streams.take(stream, bytes: bytes, limits.streamRates, now: now)
        }
        guard let request = message.request else { return }
        switch request.operation {
        case .text: noteUse(request, message, limits, now)
        case .end: noteEnding(request.stream, message.key)
        case .reset, .flush, .evict, .resume, .model, .put, .refusal: break
        }
        if let producer = message.numberedProducer, producer.isLast {
            giveBack(producer.producer, message.key)
        }
    }

    private mutating func noteUse(
        _ request: Request, _ message: IntakeMessage, _ limits: Limits, _ now: Int64
    ) {
        let (stream, window) = (request.stream, rules.window)
        if rules.streams < .max { streamsInUse.use(stream, now: now) }
        if let key = message.key, let most = limits.key?.streams, most < .max {
            streamsOfKeys.use(stream, of: key.name, window: window, now: now)
        }
        guard let producer = message.numberedProducer?.producer else { return }
        if let key = message.key, let most = limits.key?.producers, most < .max {
            producersOfKeys.use(producer, of: key.name, window: window, now: now)
        }
        if let most = limits.stream?.producers, most < .max {
            producersOfStreams.use(producer.name, of: stream, window: window, now: now)
        }
    }

    private mutating func noteEnding(_ stream: StreamID, _ key: AccessKey?) {
        streamsInUse.noteEnding(stream)
        if let key { streamsOfKeys.noteEnding(stream, of: key.name) }
    }

    private mutating func giveBack(_ producer: AwaitedNumbers.Producer, _ key: AccessKey?) {
        if let key {
            producersOfKeys.noteEnding(producer, of: key.name)
            producersOfKeys.giveBack(producer, of: key.name)
        }
        producersOfStreams.noteEnding(producer.name, of: producer.stream)
        producersOfStreams.giveBack(producer.name, of: producer.stream)
    }
}

/// A producer with the number of its message.
private struct NumberedProducer {
    let producer: AwaitedNumbers.Producer
    let number: UInt64
    let isLast: Bool
}

extension IntakeMessage {
    /// Of a message that is acknowledged.
    fileprivate var numberedProducer: NumberedProducer? {
        guard let request, request.replyTo != nil, let number = request.producerSequence else {
            return nil
        }
        return NumberedProducer(
            producer: .init(stream: request.stream, name: request.producer), number: number,
            isLast: request.isLast)
    }
}
