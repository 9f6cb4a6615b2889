import Client
import Dispatch
import Engine
import Files
import Model
import Synchronization
import Threads
import Wire
import ZeroMQ

/// Text in, events out, through the engine alone.
///
/// Each file is a stream. It is read and scored piece by piece, so that an endless pipe works like a
/// file.
struct ScoreSession: ~Copyable {
    struct Options: Sendable {
        var engine = EngineOptions()
        var profile = OutputProfile()
        var kinds = EventKind.allCases
        /// Each line is a message of its own; otherwise a whole file is.
        var perLine = false
    }

    private let engine: Engine
    private let printer: EventPrinter
    private let interruption: Interruption
    private let perLine: Bool

    /// The longest text of a request.
    private static let longestPiece = 1 << 14

    /// - Throws: `ModelError`, `KernelError`.
    init(
        _ model: Model, _ options: Options, output: sending any EventOutput,
        interruption: Interruption
    ) throws {
        let printer = try EventPrinter(output, kinds: options.kinds, interruption: interruption)
        let demand = Demand(outputs: 1)
        for kind in options.kinds + [.stream] {
            demand.subscribe(output: 0, to: kind.topicPrefix)
        }
        engine = try Engine(
            model: model, options: options.engine, outputs: [options.profile], demand: demand
        ) { _, frames in printer.write(frames) }
        self.printer = printer
        self.interruption = interruption
        perLine = options.perLine
    }

    /// Scores the inputs one after the other, each as a stream of its name. All must exist before the
    /// first is scored.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    consuming func run(_ inputs: [(stream: StreamID, path: String)]) throws {
        do {
            _ = try FileInput(paths: inputs.map(\.path))
            for (stream, path) in inputs where !printer.hasStopped {
                try score(FileInput(paths: [path]), as: stream)
            }
        } catch {
            engine.abandon()
            throw error
        }
        if printer.hasStopped { engine.abandon() }
        _ = engine.finish()
        try printer.finish()
    }

    private func score(_ input: FileInput, as stream: StreamID) throws {
        var input = input
        var splitter = MessageSplitter(
            perLine ? .line : .wholeText, longestPiece: Self.longestPiece)
        var hasText = false
        while !printer.hasStopped {
            var pieces: [MessageSplitter.Piece] = []
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &pieces)
            case .endOfText: splitter.finish(&pieces)
            case .pending: try wait(for: input)
            case .notice: break
            case .end:
                if hasText { try end(stream) }
                return
            }
            hasText = hasText || !pieces.isEmpty
            engine.submit(
                pieces.map {
                    .request(Request(stream: stream, text: $0.text, more: $0.more))
                })
        }
    }

    /// Ends the stream and waits until all of its events are printed.
    private func end(_ stream: StreamID) throws {
        engine.submit([.request(Request(stream: stream, operation: .end))])
        var poller = Poller()
        let ended = poller.add(printer.streamEnded)
        let interrupted = poller.add(interruption.wake)
        while !printer.hasStopped, !poller.isReadable(ended), !poller.isReadable(interrupted) {
            try poller.wait()
        }
        printer.streamEnded.clear()
    }

    /// Waits for more text, or for the user to interrupt.
    private func wait(for input: FileInput) throws {
        guard let descriptor = input.descriptor else { return }
        var poller = Poller()
        let interrupted = poller.add(interruption.wake)
        poller.add(fileDescriptor: descriptor.number, owner: descriptor)
        try poller.wait()
        if poller.isReadable(interrupted) { printer.stop() }
    }
}

/// Prints what the shards publish, in the order of publishing.
final class EventPrinter: Sendable {
    private struct State {
        var output: any EventOutput
        var error: OutputError?
    }

    private let state: Mutex<State>
    private let stopped = Atomic<Bool>(false)
    private let interruption: Interruption

    /// Signalled when a stream or the printing has ended.
    let streamEnded: WakeEvent
    private let kinds: [EventKind]

    init(_ output: sending any EventOutput, kinds: [EventKind], interruption: Interruption) throws {
        state = Mutex(State(output: output))
        streamEnded = try WakeEvent()
        self.kinds = kinds
        self.interruption = interruption
    }

    /// Printing has ended: the output is closed, or the user has interrupted.
    var hasStopped: Bool { stopped.load(ordering: .relaxed) || interruption.isRequested }

    func stop() {
        stopped.store(true, ordering: .relaxed)
        streamEnded.signal()
    }

    func write(_ frames: EventFrames) {
        guard !hasStopped else { return }
        let messages = Self.messages(frames)
        state.withLock { state in
            do throws(OutputError) {
                for message in messages where kinds.contains(message.topic.kind) {
                    try state.output.write(message)
                }
                try state.output.settle()
            } catch {
                state.error = error
                stop()
            }
        }
        if messages.contains(where: Self.isLast) { streamEnded.signal() }
    }

    /// Whether this is the last event of its stream.
    private static func isLast(_ message: EventMessage) -> Bool {
        guard message.topic.kind == .stream,
            let event = try? Event(kind: .stream, body: message.body)
        else { return false }
        return event.payload == .stream(.ended)
    }

    /// - Throws: the error that ended the printing.
    func finish() throws {
        try state.withLock { state in
            if let error = state.error { throw error }
            try state.output.finish()
        }
    }

    private static func messages(_ frames: EventFrames) -> [EventMessage] {
        frames.entries.compactMap { entry in
            guard let topic = Topic(bytes: frames.topic(of: entry)) else { return nil }
            return EventMessage(
                topic: topic, body: Array(frames.body(of: entry)), sequence: entry.sequence)
        }
    }
}
