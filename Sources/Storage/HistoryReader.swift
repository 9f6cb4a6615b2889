package import Wire

/// Reads what a store keeps of its streams' past: all that replay needs. What was trimmed is left out.
package protocol HistoryReader: StorageReader {
    func incarnation(of key: StreamKey) throws(StorageError) -> IncarnationStatus?

    func incarnation(
        _ number: UInt64, of stream: StreamID
    ) throws(StorageError) -> IncarnationStatus?

    /// The requests of an incarnation from `sequence` on, in order, without a gap.
    func requests(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [RequestRecord]

    /// The known outcomes of these requests, in order.
    func outcomes(
        of key: StreamKey, from sequence: UInt64, limit: Int
    ) throws(StorageError) -> [OutcomeRecord]

    /// The first request of an incarnation that was accepted at this time or later.
    ///
    /// - Parameter time: in seconds since 1970.
    func firstSequence(of key: StreamKey, atOrAfter time: Double) throws(StorageError) -> UInt64?

    /// The checkpoints of an incarnation, in order, without their snapshots.
    func checkpoints(of key: StreamKey) throws(StorageError) -> [CheckpointRecord]

    /// The newest checkpoint with no more than so many tokens of the incarnation.
    func checkpoint(
        of key: StreamKey, atOrBeforeToken token: UInt64
    ) throws(StorageError) -> CheckpointRecord?

    /// Where the model of an incarnation changes, with its beginning.
    func modelSegments(of key: StreamKey) throws(StorageError) -> [ModelSegment]

    /// Bytes of text that publishers sent in an incarnation.
    func textByteCount(of key: StreamKey) throws(StorageError) -> Int

    /// The requests of all incarnations.
    func requestCount() throws(StorageError) -> Int

    /// Texts among which the audiences of all outcomes are.
    func labels() throws(StorageError) -> [String]

    func models() throws(StorageError) -> [ModelRecord]

    func runs() throws(StorageError) -> [RunRecord]

    /// Names of the files of a model's folder that the store holds: only a bundle has any.
    func fileNames(ofModel fingerprint: [UInt8]) throws(StorageError) -> [String]

    /// A part of such a file, counted from 0; nil after the last.
    func filePart(
        ofModel fingerprint: [UInt8], _ name: String, _ part: Int
    ) throws(StorageError) -> [UInt8]?
}

extension HistoryReader {
    package func requests(
        of key: StreamKey, from sequence: UInt64 = 0
    ) throws(StorageError) -> [RequestRecord] {
        try requests(of: key, from: sequence, limit: .max)
    }

    package func outcomes(
        of key: StreamKey, from sequence: UInt64 = 0
    ) throws(StorageError) -> [OutcomeRecord] {
        try outcomes(of: key, from: sequence, limit: .max)
    }
}
