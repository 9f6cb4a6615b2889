/// Writes the bodies of events, each one JSON object, one after another into one buffer.
///
/// Every number is written with the shortest digits that read back as the same bits, so equal
/// states give equal bytes.
package struct EventWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// `","model":"…"`, the same in every body.
    private let model: [UInt8]

    /// - Parameter model: the short form of the model's fingerprint.
    package init(model: String) {
        var text = Array(",\"model\":".utf8)
        text.appendJSON(string: model.utf8)
        self.model = text
    }

    /// Discards what was written; keeps the memory.
    package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// - Parameters:
    ///   - token: what was read, by its fragment (`TokenFragments`).
    ///   - surprisal: in bits; nil where the model gave no prediction before this token.
    ///   - candidates: best first, as indices into `fragments` and probabilities.
    package mutating func writeNext(
        _ place: EventPlace, token: Int32, surprisal: Float?, topIDs: Span<Int32>,
        topProbabilities: Span<Float>, fragments: TokenFragments
    ) {
        open(place)
        bytes.appendJSON(",")
        fragments.append(token, to: &bytes)
        bytes.appendJSON(",\"surprisal\":")
        bytes.appendJSON(surprisal ?? .nan)
        bytes.appendJSON(",\"top\":[")
        for index in topIDs.indices {
            bytes.appendJSON(index == 0 ? "{" : ",{")
            fragments.append(topIDs[index], to: &bytes)
            bytes.appendJSON(",\"p\":")
            bytes.appendJSON(topProbabilities[index])
            bytes.appendJSON("}")
        }
        bytes.appendJSON("]}")
    }

    package mutating func writeSentiment(_ place: EventPlace, _ sentiment: Sentiment) {
        open(place)
        switch sentiment.scope {
        case .token: bytes.appendJSON(",\"scope\":\"token\",\"score\":")
        case .message: bytes.appendJSON(",\"scope\":\"message\",\"score\":")
        }
        bytes.appendJSON(sentiment.score)
        bytes.appendJSON(",\"positive\":")
        bytes.appendJSON(sentiment.positive)
        bytes.appendJSON(",\"message\":")
        bytes.appendJSON(sentiment.message)
        bytes.appendJSON("}")
    }

    package mutating func writeStream(_ place: EventPlace, _ change: StreamChange) {
        open(place)
        bytes.appendJSON(",\"change\":", string: change.rawValue)
        bytes.appendJSON("}")
    }

    package mutating func writeError(_ place: EventPlace, _ refusal: Refusal) {
        open(place)
        bytes.appendJSON(",\"code\":", string: refusal.code.rawValue)
        bytes.appendJSON(",\"reason\":", string: refusal.message)
        if let endpoint = refusal.endpoint {
            bytes.appendJSON(",\"endpoint\":", string: endpoint)
        }
        bytes.appendJSON("}")
    }

    private mutating func open(_ place: EventPlace) {
        bytes.appendJSON("{\"v\":1,\"stream\":")
        bytes.appendJSON(string: place.stream)
        bytes.appendJSON(",\"epoch\":")
        bytes.appendJSON(place.epoch)
        bytes.appendJSON(",\"token\":")
        bytes.appendJSON(place.token)
        bytes.appendJSON(",\"offset\":[")
        bytes.appendJSON(place.offset.lowerBound)
        bytes.appendJSON(",")
        bytes.appendJSON(place.offset.upperBound)
        bytes.appendJSON("]")
        bytes.append(contentsOf: model)
    }
}

/// The context of an event as the daemon has it, without a String.
package struct EventPlace: Sendable {
    package var stream: [UInt8]
    package var epoch: UInt64
    package var token: UInt64?
    package var offset: Range<UInt64>

    package init(stream: [UInt8], epoch: UInt64, token: UInt64?, offset: Range<UInt64>) {
        self.stream = stream
        self.epoch = epoch
        self.token = token
        self.offset = offset
    }
}
