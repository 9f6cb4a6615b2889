import CClock
import Glibc

/// The clocks that times of messages, ages of requests and idle times are read from.
struct ClockState: Equatable, Sendable {
    /// Whether the kernel is told by a time service that its clock is right; nil if it does not say.
    var isSynchronised: Bool?
    /// Seconds since 1970.
    var time: Double
    /// Of the monotonic clock.
    var resolution: Duration

    /// 2025: no version of this program is older.
    private static let earliest = 1_735_689_600.0

    init(isSynchronised: Bool?, time: Double, resolution: Duration) {
        (self.isSynchronised, self.time, self.resolution) = (isSynchronised, time, resolution)
    }

    static func measured() -> ClockState {
        var state = timex()
        let isRead = unsafe adjtimex(&state) >= 0
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var step = timespec()
        unsafe clock_getres(CLOCK_MONOTONIC, &step)
        return ClockState(
            isSynchronised: isRead ? state.status & STA_UNSYNC == 0 : nil,
            time: Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9,
            resolution: .seconds(step.tv_sec) + .nanoseconds(step.tv_nsec))
    }

    var findings: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if time < Self.earliest {
            findings.append(
                .error(
                    .clock, "the clock is years behind: \(Int(time)) seconds since 1970",
                    "set it: stored times and journal.max_age go by it"))
        }
        if resolution > .microseconds(100) {
            findings.append(
                .warning(
                    .clock, "the monotonic clock has steps of \(resolution.asAmount)",
                    "look at /sys/devices/system/clocksource/clocksource0/current_clocksource: "
                        + "latencies are measured in such steps"))
        }
        switch isSynchronised {
        case nil:
            findings.append(
                .unknown(
                    .clock, "the kernel does not tell whether its clock is synchronised",
                    "look at `timedatectl` outside of the container"))
        case false?:
            findings.append(
                .warning(
                    .clock, "no time service synchronises the clock",
                    "run systemd-timesyncd or chrony: times of messages and ages of requests go by it"
                ))
        case true?: break
        }
        return findings.isEmpty ? [.ok(.clock, "the clock is synchronised")] : findings
    }
}
