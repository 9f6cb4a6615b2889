import Foundation
import Metrics

/// The process as the kernel sees it, under the names that Prometheus has for every program.
struct ProcessStatistics: MetricSet {
    let cpu = MetricReading(
        "process_cpu", "Processor time of all threads", kind: .counter, unit: .seconds
    ) {
        var usage = rusage()
        guard unsafe getrusage(CInt(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        return Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    }
    let residentMemory = MetricReading(
        "process_resident_memory", "Memory that is in use", unit: .bytes
    ) { Self.pages(1) }
    let virtualMemory = MetricReading(
        "process_virtual_memory", "Memory that is reserved", unit: .bytes
    ) { Self.pages(0) }
    let openFiles = MetricReading("process_open_fds", "File descriptors that are open") {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
            // The one that lists them is there, too.
            .map { Double($0.count - 1) }
    }
    let mostFiles = MetricReading("process_max_fds", "File descriptors that may be open") {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return Double(limit.rlim_cur)
    }
    let threads = MetricReading("process_threads", "Threads of the process") {
        Self.statistic(17).flatMap(Double.init)
    }
    let start = MetricReading(
        "process_start_time", "When the process began, since 1970", unit: .seconds
    ) { Self.startTime }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }

    /// Of statm in proc(5).
    private static func pages(_ index: Int) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        let fields = text.split(separator: " ")
        guard fields.indices.contains(index), let pages = Double(fields[index]) else { return nil }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// A field of stat in proc(5), counted from 0 behind the name, which may contain anything.
    private static func statistic(_ index: Int) -> Substring? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.indices.contains(index) ? fields[index] : nil
    }

    /// The kernel counts it in ticks from its own start.
    private static let startTime: Double? = {
        guard let ticks = statistic(19).flatMap(Double.init),
            let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let boot = Double(line.dropFirst("btime ".count))
        else { return nil }
        return boot + ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
    }()
}
