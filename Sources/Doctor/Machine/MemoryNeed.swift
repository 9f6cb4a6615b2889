import Daemon
import Engine
import Foundation
import Model

/// The memory that the daemon takes, and what there is.
struct MemoryNeed: Equatable, Sendable {
    /// The model and its table, in bytes: taken from the start on.
    var model: Int
    /// States of as many streams as `engine.max_streams` admits.
    var streams: Int
    /// Messages and events that may wait.
    var queues: Int
    /// Of the machine, or what its control group may have.
    var available: Int

    init(model: Int, streams: Int, queues: Int, available: Int) {
        (self.model, self.streams) = (model, streams)
        (self.queues, self.available) = (queues, available)
    }

    static func measured(_ configuration: Configuration, _ model: Model) -> MemoryNeed? {
        guard let total = machineMemory else { return nil }
        let summary = ModelSummary(model.network)
        let table = model.network.hasInputTable ? summary.inputTableBytes : 0
        let threads = configuration.engineOptions.shards
        return MemoryNeed(
            model: summary.weightBytes + table,
            streams: threads * configuration.engine.maxStreams * summary.stateBytes,
            queues: threads * configuration.engine.queueBytes,
            available: min(total, ControlGroup.own.memory ?? .max))
    }

    private static var machineMemory: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemTotal:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes << 10
    }

    var finding: DoctorFinding {
        guard model < available else {
            return .error(
                .memory, "the model takes \(model.asBytes), and there are \(available.asBytes)",
                "serve a smaller model, set engine.input_table = false, or add memory (MemoryMax=)")
        }
        let most = model + streams + queues
        let sum =
            "the model takes \(model.asBytes), the streams that engine.max_streams admits "
            + "\(streams.asBytes), and what may wait \(queues.asBytes); there are \(available.asBytes)"
        guard most < available else {
            return .warning(
                .memory, sum,
                "set engine.max_streams lower: idle streams are then evicted to the store earlier")
        }
        return .ok(.memory, sum)
    }
}
