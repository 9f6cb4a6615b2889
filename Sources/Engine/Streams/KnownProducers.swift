import Names
import Storage

/// The producers of one stream's messages, and the last number that each was acknowledged.
///
/// At most `most` are known. A further one replaces the one that said that it is done, or else the
/// least recently used one, both by journaled times; of equal times the first name. So it is the same
/// one however often the stream has been evicted and restored.
struct KnownProducers {
    static let most = 1024

    private struct Known {
        var sequence: UInt64
        var time: Double
        var isDone: Bool
    }

    private var producers: [Name: Known] = [:]

    init() {}

    init(_ records: [ProducerRecord]) {
        for record in records {
            producers[record.producer] = Known(
                sequence: record.sequence, time: record.time, isDone: record.isDone)
        }
    }

    var isEmpty: Bool { producers.isEmpty }
    var count: Int { producers.count }

    /// The last acknowledged number.
    func last(of producer: Name) -> UInt64? { producers[producer]?.sequence }

    /// Takes a number, which is above all before.
    ///
    /// - Parameter time: when it was accepted, in seconds since 1970.
    /// - Returns: the producer that is forgotten for it.
    mutating func note(_ producer: Name, _ sequence: UInt64, time: Double, isDone: Bool) -> Name? {
        let known = producers[producer]
        let forgotten = known == nil && producers.count >= Self.most ? leastNeeded : nil
        if let forgotten { producers[forgotten] = nil }
        producers[producer] = Known(
            sequence: sequence, time: max(time, known?.time ?? 1, 1), isDone: isDone)
        return forgotten
    }

    /// It sends no more. False if that is known, or it is not.
    mutating func leave(_ producer: Name) -> Bool {
        guard producers[producer]?.isDone == false else { return false }
        producers[producer]?.isDone = true
        return true
    }

    private var leastNeeded: Name? { producers.min { Self.goesBefore($0, $1) }?.key }

    private static func goesBefore(
        _ a: (key: Name, value: Known), _ b: (key: Name, value: Known)
    ) -> Bool {
        if a.value.isDone != b.value.isDone { return a.value.isDone }
        if a.value.time != b.value.time { return a.value.time < b.value.time }
        return a.key < b.key
    }
}
