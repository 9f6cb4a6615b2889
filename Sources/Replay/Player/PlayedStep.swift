package import Storage
package import Wire

/// What happened at one token, or between two.
package struct PlayedStep: Sendable {
    /// In the order of publication.
    package var published: [PublishedEvent] = []
    /// Of requests that were carried out completely.
    package var outcomes: [OutcomeRecord] = []
    /// Whether a token of the stream was read.
    package var hasReadToken = false

    package var isEmpty: Bool { published.isEmpty && outcomes.isEmpty && !hasReadToken }

    /// What was published, decoded.
    package var events: [Event] { published.compactMap(\.event) }

    /// The token that was read, if one was read and its `next` event published.
    package var token: (place: EventContext, prediction: Prediction)? {
        for published in published where published.kind == .next {
            if let event = published.event, case .next(let prediction) = event.payload {
                return (event.context, prediction)
            }
        }
        return nil
    }

    /// The sentiment after the token that was read.
    package var tokenSentiment: Sentiment? {
        for event in events {
            if case .sentiment(let sentiment) = event.payload, sentiment.scope == .token {
                return sentiment
            }
        }
        return nil
    }
}
