package import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// Runs a bidirectional network on whole messages: several concurrently, in slices of a few tokens,
/// so that a long message does not delay the others.
///
/// The result for a message depends only on its tokens: not on concurrent messages, on slices, or
/// on the kernels' tier.
package final class MessageRunner {
    /// The maximum number of tokens of one slice, over all messages.
    static let sliceRows = 64
    /// The memory limit for concurrent messages. A single message may exceed it.
    private static let memoryBytes = 64 << 20

    package let network: Network
    let kernels: Kernels
    var workspace: Workspace
    var rows: SliceRows
    /// h and c of each message's current layer.
    var states: StateSlab
    private var messages: [WholeMessage] = []
    private var freeSlots: [Int32]

    /// - Throws: `ModelError` if memory is exhausted.
    package init(network: Network, kernels: Kernels) throws(ModelError) {
        let config = network.config
        precondition(config.bidirectional, "a network that reads token by token")
        self.network = network
        self.kernels = kernels
        workspace = Workspace(
            maxBatch: Self.sliceRows,
            widths: [config.layerWidth] + (0..<config.layers).map(config.inputSize(ofLayer:)))
        rows = SliceRows(rows: Self.sliceRows, config: config)
        states = try StateSlab(
            layout: StateLayout(
                layers: config.layers, hiddenSize: config.hiddenSize, hasCell: config.cell == .lstm
            ), capacity: Self.sliceRows)
        freeSlots = (0..<Int32(Self.sliceRows)).reversed()
    }

    package var isIdle: Bool { messages.isEmpty }

    /// Begins a message of at least one token; nil while the current messages leave no room.
    package func begin(_ tokens: [Int32]) -> WholeMessage? {
        let config = network.config
        let bytes = (messages.map(\.tokens.count) + [tokens.count]).reduce(0) {
            $0 + MessageMemory.bytes(tokens: $1, config: config)
        }
        guard messages.isEmpty || bytes <= Self.memoryBytes, let slot = freeSlots.popLast() else {
            return nil
        }
        let message = WholeMessage(tokens, config: config)
        message.slot = slot
        states.zero(slot: slot)
        messages.append(message)
        return message
    }

    /// Advances every message by one slice. Returns the finished messages.
    package func advance() -> [WholeMessage] {
        guard !messages.isEmpty else { return [] }
        let most = max(1, Self.sliceRows / messages.count)
        for (pass, group) in Dictionary(grouping: messages, by: \.pass) {
            read(group, pass, atMost: most)
        }
        for message in messages where message.position == message.tokens.count {
            finishPass(of: message)
        }
        let finished = messages.filter { $0.pass.layer == network.config.layers }
        for message in finished { freeSlots.append(message.slot) }
        messages.removeAll { $0.pass.layer == network.config.layers }
        return finished
    }

    private func finishPass(of message: WholeMessage) {
        message.position = 0
        states.zero(slot: message.slot)
        if message.pass.isReverse { message.pass.layer += 1 }
        message.pass.isReverse.toggle()
        guard message.pass.layer == network.config.layers else { return }
        let logit = logit(of: message)
        message.logit = message.isFinite && logit.isFinite ? logit : nil
    }

    /// The logit of the sentiment head, from the forward half of y at the last token and the
    /// reverse half at the first token.
    private func logit(of message: WholeMessage) -> Float {
        guard let sentiment = network.sentiment else {
            preconditionFailure("a network without a sentiment head")
        }
        let size = network.config.hiddenSize
        let output = message.memory.output(ofLayer: network.config.layers - 1)
        let (last, middle) = (message.tokens.count - 1, output.lowerBound + size)
        var logits: [Float] = [0]
        unsafe rows.withRows { rows in
            unsafe message.memory.withRows { values in
                unsafe rows.joined.write(
                    values, row: last, columns: output.lowerBound..<middle, to: 0)
                unsafe rows.joined.write(
                    values, row: 0, columns: middle..<output.upperBound, to: 0, at: size)
            }
            let row: [Int32] = [0]
            unsafe kernels.dot(
                sentiment.weight, indices: row.span, hidden: rows.joined, slots: row.span,
                into: &logits)
        }
        return logits[0]
    }
}
