import Foundation
import TestSupport
import Testing
import ZeroMQ

/// A session of two epochs, three messages and two models, and all that was published of it.
struct TwoModelSession {
    let folder: TemporaryFolder
    let store: String
    private(set) var events: [PublishedEvent] = []

    init() throws {
        folder = try TemporaryFolder()
        store = folder.path + "/journal.sqlite"
        // The third message's end, and the stream's.
        var messages = 0
        try serve(Repository.smallModel) { pusher in
            try pusher.send("s", "What a wonderful film.")
            try pusher.send("s", "I would see it aga", #"{"more":true}"#)
            try pusher.send("s", "in.")
            try pusher.send("s", "", #"{"op":"reset"}"#)
            try pusher.send("s", "Never again!")
        } until: { event in
            messages += event.isMessageEnd ? 1 : 0
            return messages == 3
        }
        try serve(Repository.fixture("lstm").path) { pusher in
            try pusher.send("s", "Another model reads on.")
            try pusher.send("s", "", #"{"op":"end"}"#)
        } until: {
            $0.isEnd
        }
    }

    private mutating func serve(
        _ model: String, _ send: (borrowing Socket) throws -> Void,
        until isLast: (PublishedEvent) -> Bool
    ) throws {
        let daemon = try ServedDaemon(model: model, folder: folder)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try send(pusher)
        events += try puller.receiveEvents(until: isLast)
        try daemon.stop()
    }

    /// Bodies of the events of the stream with this topic, as JSON.
    func bodies(_ kind: String, of model: String) throws -> [[String: Any]] {
        try events.filter { $0.topic == "\(kind)/s" && $0.has(model) }.map { try json($0.body) }
    }

    /// The fingerprints that events name, in order.
    var models: [String] {
        get throws {
            var models: [String] = []
            for event in events where event.topic == "next/s" {
                let model = try #require(try json(event.body)["model"] as? String)
                if models.last != model { models.append(model) }
            }
            return models
        }
    }

    /// How many tokens the first or the second model read.
    func tokens(of model: Int) throws -> Int { try bodies("next", of: try models[model]).count }
}
