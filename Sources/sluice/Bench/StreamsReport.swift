import Bench

/// Shows what became of many streams.
struct StreamsReport {
    let subject: String
    let streams: Int
    let output: BenchOutput

    func begin(maxStreams: Int) throws {
        try output.begin(
            "\(subject), \(streams) streams, \(maxStreams) of them held in memory",
            columns: [
                "phase     ": "phase", " messages": "messages", "seconds": "seconds",
                "messages/s": "messages_s", "messages/CPU s": "messages_per_cpu_s",
                "  evicted": "evicted", "  resumed": "resumed",
                "resident MiB": "resident_mebibytes", "store MiB": "store_mebibytes",
            ])
    }

    func show(_ row: StreamsMeasurement.Row) throws {
        let count = Double(row.messages)
        var line = JSONLine()
        line.add("bench", "streams")
        line.add("model", subject)
        line.add("streams", streams)
        line.add("phase", row.phase.rawValue)
        line.add("messages", row.messages)
        line.add("seconds", row.seconds, digits: 1)
        line.add("messages_s", count / row.seconds, digits: 0)
        line.add("messages_per_cpu_s", count / row.cpu, digits: 0)
        line.add("evicted", row.evicted)
        line.add("resumed", row.resumed)
        line.add("resident_bytes", row.residentBytes)
        line.add("store_bytes", row.storeBytes)
        line.show("resident_mebibytes", mebibytes(row.residentBytes))
        line.show("store_mebibytes", mebibytes(row.storeBytes))
        try output.add(line)
    }

    func show(_ outcome: StreamsMeasurement.Outcome) throws {
        var line = JSONLine()
        line.add("bench", "streams")
        line.add("model", subject)
        line.add("streams", streams)
        line.add("phase", "outcome")
        line.add("revisited", outcome.revisited)
        line.add("resumed", outcome.resumed)
        line.add("exact", outcome.exact)
        if let difference = outcome.firstDifference { line.add("first_difference", difference) }
        try output.add(line, note: note(outcome))
    }

    private func note(_ outcome: StreamsMeasurement.Outcome) -> String {
        let found =
            "\n\(outcome.revisited) streams revisited, \(outcome.resumed) of them from the store: "
            + "\(outcome.exact) exact"
        return outcome.firstDifference.map { "\(found)\n\($0)" } ?? found
    }

    private func mebibytes(_ bytes: Int) -> String {
        (Double(bytes) / 1_048_576).formatted(digits: 1)
    }
}
