import Dispatch

struct StoreWork: Sendable {
    let recovery: Recovery
    let check: BackgroundCheck?

    /// False if it has not ended by the deadline.
    func finish(by deadline: DispatchTime) -> Bool {
        check?.finish(by: deadline)
        return recovery.finish(by: deadline)
    }
}
