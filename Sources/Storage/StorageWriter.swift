/// Writes a store. It is used on one thread.
///
/// A call is done wholly when it returns, and not at all when it throws, but for `unknownOutcome`.
/// After an error that may pass, the same call may be made again.
package protocol StorageWriter: AnyObject {
    /// The store's name in messages.
    var name: String { get }

    /// The number of the next incarnation that begins.
    var nextKey: StreamKey { get }

    /// Makes this writer the owner. Every earlier token is stale from here on.
    ///
    /// - Parameter run: what is recorded of the owner; requests written from here on belong to it.
    func acquire(_ run: RunRecord) throws(StorageError) -> FenceToken

    /// Writes all of a batch, or nothing. It returns once the batch is as durable as the store was
    /// opened to be, and where every later reader finds it.
    ///
    /// The last batch, which its number identifies, may be appended again after `unknownOutcome`: it
    /// is written once.
    ///
    /// - Returns: the position of the last request so far.
    /// - Throws: `notOwner` for a stale token; `unknownOutcome`; other errors for what was not written.
    @discardableResult
    func append(_ batch: StorageBatch, fence: FenceToken) throws(StorageError) -> StoragePosition

    /// Forgets some of what the store's retention does not keep. Nothing that recovery needs is
    /// touched, and all that is left can still be replayed.
    ///
    /// - Parameter now: in seconds since 1970.
    /// - Returns: whether more is left, so that it should soon be called again.
    func trim(now: Double, fence: FenceToken) throws(StorageError) -> Bool

    /// Records that the owner ended in order. Its token is stale afterwards.
    ///
    /// - Parameter time: in seconds since 1970.
    func release(_ fence: FenceToken, at time: Double) throws(StorageError)

    /// Nothing can be written afterwards.
    func close() throws(StorageError)
}
