import Journal
import Wire

let someModel = [UInt8](repeating: 7, count: 32)

func life(_ key: StreamKey, _ name: String, _ life: UInt64 = 0) throws -> StreamLife {
    StreamLife(key: key, name: try StreamID(name), life: life, began: 1_700_000_000 + Double(key))
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
