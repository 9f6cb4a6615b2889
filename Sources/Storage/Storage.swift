/// A place that keeps requests, what they led to, and the states of streams.
///
/// Requests stand in one log, in the order in which they were accepted; a position numbers each.
/// Anyone may read. One owner writes: it has the latest fence token, and every other token is stale.
///
///     let fence = try writer.acquire(run)
///     let end = try writer.append(batch, fence: fence)    // all of it or nothing
///     let page = try storage.makeReader().read(from: end, limit: 1024)     // in order, resumable
///
/// The engine knows storage by these protocols alone. Calls may block: each reader and the writer
/// have a thread of their own.
package protocol Storage: Sendable {
    /// Names the store in messages: a path, an address.
    var name: String { get }

    /// A reader for the thread that asks, or for the one it is sent to.
    func makeReader() throws(StorageError) -> sending any HistoryReader

    /// Checks that all records are as they were written.
    ///
    /// - Parameter shouldStop: asked often.
    /// - Returns: false if it was stopped.
    /// - Throws: `damaged` for the first record that is not.
    func check(shouldStop: () -> Bool) throws(StorageError) -> Bool
}
