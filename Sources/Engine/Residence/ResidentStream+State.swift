import Wire

extension ResidentStream {
    init(_ stream: StreamState) {
        self.init(
            stream: stream.id, life: stream.journal.life, epoch: stream.state.epoch,
            tokens: stream.state.lifeTokens, messages: stream.state.lifeMessages,
            lastInput: stream.activity.lastInput, isIdle: stream.work == nil,
            isQuarantined: stream.state.isQuarantined)
    }
}
