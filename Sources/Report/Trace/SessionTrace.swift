import Foundation
package import Model

/// A stream's session, token by token: everything that a report shows.
///
/// Tokens are in the order in which they were read, over all epochs. Lead-in tokens (the start token,
/// the separator between messages) are not tokens of the stream and are not included; their effect
/// shows in the first token after them.
package struct SessionTrace: Sendable {
    package var stream: String
    package var model: TracedModel
    package var tokens: [TracedToken] = []
    /// Ends of messages, resets and the like, in order.
    package var marks: [TraceMark] = []
    /// k of the candidates; 0 for a model without a vocabulary head.
    package var top = 0
    /// `[tokens][top]`: predictions of the token that comes next, most probable first; -1 for none.
    package var candidateIDs: [Int32] = []
    /// `[tokens][top]`
    package var candidateProbabilities: [Float] = []
    /// Bytes of each candidate token.
    package var candidateTexts: [Int32: [UInt8]] = [:]
    package var layers: [LayerTrace] = []

    package init(stream: String, model: TracedModel) {
        self.stream = stream
        self.model = model
    }
}

/// The model that read the session.
package struct TracedModel: Sendable, Equatable {
    package var name: String
    package var fingerprint: String
    package var cell: ModelConfig.Cell
    package var layers: Int
    /// H
    package var hiddenSize: Int
    /// The cell with its variant or activation, and the connections around its layers.
    package var network: String
    package var hasSentiment: Bool

    package init(
        name: String, fingerprint: String, cell: ModelConfig.Cell, layers: Int, hiddenSize: Int,
        hasSentiment: Bool, network: String? = nil
    ) {
        self.name = name
        self.network = network ?? cell.rawValue.uppercased()
        self.fingerprint = fingerprint
        self.cell = cell
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.hasSentiment = hasSentiment
    }

    package init(_ model: Model) {
        self.init(
            name: model.name, fingerprint: model.fingerprint.hex,
            cell: model.config.cell, layers: model.config.layers,
            hiddenSize: model.config.hiddenSize, hasSentiment: model.config.heads.sentiment,
            network: model.config.recurrentCell.name + model.config.connectionsText)
    }

    /// The vectors of a layer: h, c of an LSTM, and the gates.
    package var vectors: [String] {
        (cell == .lstm ? ["h", "c"] : ["h"]) + cell.gateNames
    }
}

/// One token of a stream.
package struct TracedToken: Sendable, Equatable {
    package var id: Int32
    /// The bytes of the stream that the token covers; not always UTF-8.
    package var bytes: [UInt8]
    /// Offset of its first byte in the epoch.
    package var offset: UInt64
    package var epoch: UInt64
    /// In bits; nil if nothing was read before the token, or the model has no vocabulary head.
    package var surprisal: Float?
    /// Sentiment after the token, in [-1, 1].
    package var score: Float?

    package init(
        id: Int32, bytes: [UInt8], offset: UInt64, epoch: UInt64 = 0, surprisal: Float? = nil,
        score: Float? = nil
    ) {
        self.id = id
        self.bytes = bytes
        self.offset = offset
        self.epoch = epoch
        self.surprisal = surprisal
        self.score = score
    }
}

/// An event between two tokens.
package struct TraceMark: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A message ended, with its sentiment in [-1, 1].
        case messageEnd(score: Float?)
        /// The state is zero from here on.
        case reset
        /// The stream ended; the following tokens belong to the next incarnation.
        case end
        /// A snapshot replaced the state.
        case put
        /// The state was not finite; the stream is quarantined until the next reset or end.
        case quarantine
    }

    /// Number of tokens before the mark.
    package var position: Int
    package var kind: Kind
    /// Seconds since 1970.
    package var time: Double?

    package init(position: Int, kind: Kind, time: Double? = nil) {
        self.position = position
        self.kind = kind
        self.time = time
    }
}

/// The vectors of one layer at every token, for all or some of its units.
package struct LayerTrace: Sendable {
    /// Indices of the units, from 0; one column of each vector for each unit.
    package var units: [Int]
    /// `[vectors][tokens][units]`, vectors in the order of `TracedModel.vectors`: h and c after the
    /// token, and the gates of that step.
    package var vectors: [[Float]]

    package init(units: [Int], vectors: Int) {
        self.units = units
        self.vectors = Array(repeating: [], count: vectors)
    }
}
