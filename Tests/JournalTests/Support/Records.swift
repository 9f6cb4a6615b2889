import Journal
import Storage
import Wire

let someModel = [UInt8](repeating: 7, count: 32)

func incarnation(
    _ key: StreamKey, _ name: String, _ number: UInt64 = 0
) throws -> StreamIncarnation {
    StreamIncarnation(
        key: key, name: try StreamID(name), number: number, began: 1_700_000_000 + Double(key))
}

func request(_ key: StreamKey, _ sequence: UInt64, time: Double = 1_700_000_000.25)
    -> RequestRecord
{
    RequestRecord(
        key: key, sequence: sequence, time: time, operation: .text,
        text: Array("message \(sequence) of \(key)".utf8), model: someModel)
}

func outcome(_ key: StreamKey, _ sequence: UInt64) -> OutcomeRecord {
    OutcomeRecord(
        key: key, sequence: sequence, epoch: 0, tokens: (sequence + 1) * 10,
        offset: (sequence + 1) * 40,
        stateDigest: [UInt8](repeating: UInt8(sequence % 256), count: 16),
        eventsDigest: [UInt8](repeating: 1, count: 16), audience: "next")
}

func checkpoint(
    _ key: StreamKey, _ sequence: UInt64, position: UInt64 = 0, isTemporary: Bool = false
) -> CheckpointRecord {
    CheckpointRecord(
        key: key, sequence: sequence, position: position, epoch: 0,
        tokens: sequence * 10 + position, time: 1_700_000_000.5, isTemporary: isTemporary,
        model: someModel, snapshot: Array("state of \(key) before \(sequence)".utf8))
}

/// The requests from the horizon on, read in pages of so many.
func tail(of reader: any StorageReader, limit: Int = 1024) throws -> [StoragePage.Entry] {
    var page = try reader.read(from: reader.horizon(), limit: limit)
    var entries = page.entries
    while page.end == .more {
        page = try reader.read(from: page.next, limit: limit)
        entries += page.entries
    }
    return entries
}
