import Foundation

/// CPU seconds: time in which another process had the core does not count.
package enum CPUTime {
    /// Of the calling thread.
    package static var ofThread: Double { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Of this process, all its threads.
    package static var ofProcess: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

    /// Of another process, user and system, in steps of a clock tick; nil if it is gone.
    package static func of(process id: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let ticks = ticks(in: text)
        else { return nil }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// utime and stime, proc(5): the 14th and 15th field, counted from behind the command's name,
    /// which may hold anything.
    static func ticks(in stat: String) -> Int? {
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
            return nil
        }
        return user + system
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// Wall and CPU seconds of some work.
package struct Elapsed: Equatable, Sendable {
    package var wall: Double
    package var cpu: Double

    /// Of one step of the calling thread, on average over several.
    static func ofStep(_ steps: Int, _ step: () -> Void) -> Elapsed {
        let (wall, cpu) = (ContinuousClock.now, CPUTime.ofThread)
        for _ in 0..<steps { step() }
        let spent = CPUTime.ofThread - cpu
        return Elapsed(
            wall: wall.duration(to: .now) / .seconds(1) / Double(steps), cpu: spent / Double(steps))
    }
}
