import Engine
import Model
import Storage
package import Wire

/// One token of a session, with all its values: a row of an export.
package struct ExportedToken: Equatable, Sendable {
    /// Its index in the incarnation.
    package var index: UInt64
    package var epoch: UInt64
    /// Its index in the epoch.
    package var token: UInt64
    /// Bytes of the epoch's text.
    package var offset: Range<UInt64>
    package var prediction: Prediction
    /// Nil for a model without a sentiment head.
    package var sentiment: Sentiment?
    /// The index of its message in the epoch.
    package var message: UInt64
    /// The request that it was read in, and when that was accepted, in seconds since 1970.
    package var request: UInt64
    package var time: Double
}
