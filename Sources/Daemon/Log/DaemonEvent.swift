package import Logging

/// The events of the log, by the names that its lines have: `event=reload_failed`. A name never
/// changes its meaning. `deploy/docs/operations.md` says what each means and what to do.
package enum DaemonEvent: String, CaseIterable, Sendable {
    case serving
    case stopping
    case stopped
    case unfinished
    case partFailed = "part_failed"
    case failed
    case statistics
    case progress

    case messageRefused = "message_refused"
    case connectionClosed = "connection_closed"
    case subscriptionRefused = "subscription_refused"
    case audit
    case endpointFailed = "endpoint_failed"
    case connectFailed = "connect_failed"
    case httpRefused = "http_refused"
    case httpOff = "http_off"

    case storeStalled = "store_stalled"
    case storeUsable = "store_usable"
    case storeLocked = "store_locked"
    case storeUnlocked = "store_unlocked"
    case storeExposed = "store_exposed"
    case storeDamaged = "store_damaged"
    case storeIntact = "store_intact"
    case commitsLost = "commits_lost"
    case recoveryStarted = "recovery_started"
    case recoveryFinished = "recovery_finished"
    case inputTableOmitted = "input_table_omitted"

    case drainRequested = "drain_requested"
    case lameDuckBegun = "lame_duck_begun"
    case reloadFinished = "reload_finished"
    case reloadFailed = "reload_failed"
    case logLevelSet = "log_level_set"
    case logLinesDropped = "log_lines_dropped"
}

extension Logger {
    /// Logs an event of the catalogue.
    package func event(
        _ event: DaemonEvent, _ level: Logger.Level, _ message: @autoclosure () -> Logger.Message,
        _ metadata: @autoclosure () -> Logger.Metadata = [:], file: String = #fileID
    ) {
        log(
            level: level, message(),
            metadata: metadata().merging([LogRecord.eventKey: "\(event.rawValue)"]) { $1 },
            file: file)
    }
}
