import Daemon
import Dispatch
import Logging
import Model
import ServiceLifecycle
import Synchronization
import Testing

/// A daemon that runs as a service, and can be stopped.
final class RunningDaemon {
    let daemon: Daemon
    let log: RecordedLog
    private let isStopped = Mutex(false)
    private let task: Task<Void, any Error>
    private let group: ServiceGroup

    init(
        _ configuration: Configuration, model: Model, source: ConfigurationSource? = nil
    ) throws {
        log = RecordedLog()
        let daemon = try Daemon(
            configuration, model: model, logger: log.logger, source: source)
        self.daemon = daemon
        let group = ServiceGroup(
            services: [daemon], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
        self.group = group
        task = Task { try await group.run() }
    }

    deinit { stop() }

    func stop() {
        guard
            !isStopped.withLock({ stopped in
                defer { stopped = true }
                return stopped
            })
        else { return }
        let (group, task) = (group, task)
        let end = DispatchSemaphore(value: 0)
        Task {
            await group.triggerGracefulShutdown()
            try? await task.value
            end.signal()
        }
        #expect(end.wait(timeout: .now() + patience.seconds) == .success)
    }

    /// Waits until it has stopped by itself.
    func waitForEnd() {
        let task = task
        let end = DispatchSemaphore(value: 0)
        Task {
            try? await task.value
            end.signal()
        }
        #expect(end.wait(timeout: .now() + patience.seconds) == .success)
    }

    /// How many refusals of a kind it has counted; nil for none.
    func refused(_ code: String) throws -> String? {
        daemon.statistics["refused.\(code)"].map { "\($0)" }
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
