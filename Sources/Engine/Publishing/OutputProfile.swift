import Model
import Wire

/// Which events one output publishes, and how often.
package struct OutputProfile: Sendable {
    package var next = Cadence.everyToken
    package var sentiment = Cadence.everyTokenAndMessage
    package var stream = true
    package var error = true

    package init() {}
}

extension OutputProfile {
    /// How often events of this kind are due by tokens and messages; the others have no cadence.
    func cadence(of kind: EventKind) -> Cadence {
        switch kind {
        case .next: next
        case .sentiment: sentiment
        case .stream, .error: .never
        }
    }

    /// An event of a head that the model does not have is never due.
    func limited(to heads: ModelConfig.Heads) -> OutputProfile {
        var profile = self
        if !heads.next { profile.next = .never }
        if !heads.sentiment { profile.sentiment = .never }
        return profile
    }
}
