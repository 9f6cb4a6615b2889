package import Engine
import Foundation
import HTTP
import Journal
import Kernels
import Storage
import Wire
package import ZeroMQ

extension Configuration {
    /// The default endpoints of `sluice serve`, `pub` and `sub`.
    package enum DefaultEndpoint {
        package static let sub = endpoint("tcp://127.0.0.1:5601")
        package static let xpub = endpoint("tcp://127.0.0.1:5602")
        package static let pull = endpoint("tcp://127.0.0.1:5603")
        package static let router = endpoint("tcp://127.0.0.1:5604")
        package static let http = endpoint("tcp://127.0.0.1:5606")

        private static func endpoint(_ text: String) -> Endpoint {
            guard let endpoint = try? Endpoint(text) else { preconditionFailure(text) }
            return endpoint
        }
    }
}

extension Configuration.Input {
    static let defaultStream: StreamID = {
        guard let id = try? StreamID("default") else { preconditionFailure("default") }
        return id
    }()

    /// A larger frame is refused, so that no peer can fill the memory. One commit of
    /// the journal may acknowledge many messages, which must all have room.
    static let defaultSocket = {
        var options = SocketOptions()
        options.sendHighWaterMark = 100_000
        options.maxMessageSize = 64 << 20
        return options
    }()

    static let defaults = {
        var sub = Self()
        sub.bind = [Configuration.DefaultEndpoint.sub]
        var pull = Self()
        pull.kind = .pull
        pull.bind = [Configuration.DefaultEndpoint.pull]
        var router = Self()
        router.kind = .router
        router.bind = [Configuration.DefaultEndpoint.router]
        return [sub, pull, router]
    }()
}

extension Configuration.Output {
    /// A subscriber that lags by a second or two must not miss events.
    static let defaultSocket = {
        var options = SocketOptions()
        options.sendHighWaterMark = 100_000
        return options
    }()

    static let defaults = {
        var output = Self()
        output.bind = [Configuration.DefaultEndpoint.xpub]
        return [output]
    }()
}

extension Configuration {
    package var engineOptions: EngineOptions {
        var options = EngineOptions()
        options.shards = engine.threads ?? ProcessInfo.processInfo.activeProcessorCount
        options.maxBatch = engine.maxBatch
        options.top = engine.top
        options.kernelTier = engine.kernelTier ?? .best
        options.maxStreams = engine.maxStreams
        options.queueBytes = engine.queueBytes
        options.idleFlush = engine.idleFlush
        options.evictAfter = engine.evictAfter
        options.checkpointTokens = journal.checkpointTokens
        options.checkpointEvery = journal.checkpointEvery
        return options
    }

    /// The path of the store; nil where nothing is kept.
    package func storePath(environment: [String: String]) -> String? {
        guard journal.durability != .off else { return nil }
        return journal.path ?? Self.defaultStore(environment: environment)
    }

    /// `journal.sqlite` in the folder that systemd gives a service for its state
    /// (`StateDirectory=`), or in that of the user: `$XDG_STATE_HOME/sluice`, which is
    /// `~/.local/state/sluice` by default, `~` being `$HOME`, or without that the home folder that
    /// the system has for the user.
    package static func defaultStore(environment: [String: String]) -> String {
        let folder: String
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            folder = String(state)
        } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            folder = state + "/sluice"
        } else {
            let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            folder = (home ?? NSHomeDirectory()) + "/.local/state/sluice"
        }
        return folder + "/journal.sqlite"
    }

    var journalOptions: JournalOptions {
        var options = JournalOptions()
        options.isDurable = journal.durability == .commit
        options.shards = engineOptions.shards
        options.check = journal.check
        options.hasOwnFolder = journal.path == nil
        options.retention.maxAge = journal.maxAge.map { $0 / .seconds(1) }
        options.retention.maxBytes = journal.maxBytes
        return options
    }
}

extension Configuration.Output {
    package var profile: OutputProfile {
        var profile = OutputProfile()
        profile.next = events.contains(.next) ? nextEvery : .never
        profile.sentiment = events.contains(.sentiment) ? sentimentEvery : .never
        profile.stream = events.contains(.stream)
        profile.error = events.contains(.error)
        return profile
    }
}

extension Configuration.Input.Kind {
    package var socketKind: SocketKind {
        switch self {
        // The daemon then also receives messages without a subscription.
        case .sub: .xsub
        case .pull: .pull
        case .router: .router
        }
    }
}

extension Configuration.Output.Kind {
    package var socketKind: SocketKind {
        switch self {
        case .xpub: .xpub
        case .push: .push
        }
    }
}
