import Wire

extension ResidentStream {
    init(_ stream: StreamState) {
        self.init(
            stream: stream.id, incarnation: stream.journal.incarnation, epoch: stream.state.epoch,
            tokens: stream.state.incarnationTokens, messages: stream.state.incarnationMessages,
            lastInput: stream.activity.lastInput, isIdle: stream.work == nil,
            isQuarantined: stream.state.isQuarantined)
    }
}
