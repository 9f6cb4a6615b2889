import Foundation

/// The processors that the daemon may use, and its compute threads.
struct ProcessorShare: Equatable, Sendable {
    var threads: Int
    /// Those that this process may run on.
    var processors: Int
    /// Processors' worth of time that the control group has; nil for no limit.
    var quota: Double?

    init(threads: Int, processors: Int, quota: Double?) {
        (self.threads, self.processors, self.quota) = (threads, processors, quota)
    }

    static func measured(threads: Int) -> ProcessorShare {
        ProcessorShare(
            threads: threads, processors: ProcessInfo.processInfo.activeProcessorCount,
            quota: ControlGroup.own.processors)
    }

    var finding: DoctorFinding {
        if let quota, Double(threads) > max(1, quota.rounded(.up)) {
            return .warning(
                .threads,
                "\(threads) compute threads share a quota of \(quota) processors (CPUQuota=, "
                    + "cpu.max): they are halted when it is used up",
                "set engine.threads = \(max(1, Int(quota.rounded()))), or raise the quota")
        }
        guard threads <= processors else {
            return .warning(
                .threads, "\(threads) compute threads share \(processors) processors",
                "set engine.threads = \"auto\": more threads than processors only wait for each other"
            )
        }
        return .ok(.threads, "\(threads) compute threads, \(processors) processors")
    }
}
