package import Model
import Storage
package import Wire

/// The requests of one incarnation of a stream, and the models that read them: what a player plays.
package struct RequestSource {
    package let stream: StreamID
    /// The incarnation's key and number.
    let key: StreamKey
    let number: UInt64
    /// What errors name.
    let path: String
    private let models: ModelSource
    private let page: RequestFeed.Page

    /// - Parameters:
    ///   - list: played instead of the stored requests, such as these with edits made.
    ///   - models: finds models by their fingerprint; nil for the store's. It may give one model for
    ///     all fingerprints, which then reads all requests.
    package init(
        _ session: Session, playing list: [SessionRequest]? = nil, models: ModelSource? = nil
    ) {
        stream = session.stream
        key = session.key
        number = session.incarnation.number
        path = session.store.path
        self.models = models ?? session.store.model
        page = list.map(Self.page) ?? session.requests
    }

    /// - Parameter page: gives some of the session's requests, from a sequence on.
    init(_ session: Session, page: @escaping RequestFeed.Page) {
        stream = session.stream
        key = session.key
        number = session.incarnation.number
        path = session.store.path
        models = session.store.model
        self.page = page
    }

    /// Whether there is a request to play from there on.
    func hasRequest(at sequence: UInt64) throws(StorageError) -> Bool {
        var feed = feed(from: sequence)
        return try feed.peek() != nil
    }

    /// Requests that are not stored: those of an incarnation that begins with them.
    package init(_ requests: [Request], of stream: StreamID, readBy model: Model) {
        self.stream = stream
        (key, number, path) = (0, 0, stream.text)
        models = { _ in model }
        page = Self.page(
            of: requests.enumerated().map { sequence, request in
                SessionRequest(
                    record: RequestRecord(
                        key: 0, sequence: UInt64(sequence), time: request.time ?? 0,
                        operation: request.operation, more: request.more, text: request.text,
                        producerTime: request.time, model: model.fingerprint.bytes))
            })
    }

    private static func page(of list: [SessionRequest]) -> RequestFeed.Page {
        { sequence, _ in Array(list.drop { $0.record.sequence < sequence }) }
    }

    func feed(from sequence: UInt64) -> RequestFeed { RequestFeed(from: sequence, page) }

    /// - Parameter fingerprint: as it is stored.
    func model(_ fingerprint: [UInt8]) throws -> Model {
        guard let fingerprint = Fingerprint(bytes: fingerprint) else {
            throw StorageError(.damaged, in: path, part: "model", "its fingerprint is not 32 bytes")
        }
        return try models(fingerprint)
    }

    var nothingToPlay: StorageError {
        StorageError(.missing, in: path, part: stream.text, "none of its requests is kept")
    }
}
