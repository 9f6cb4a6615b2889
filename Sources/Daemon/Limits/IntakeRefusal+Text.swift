import Wire

extension IntakeRefusal {
    /// For the sender and for the log.
    ///
    /// - Parameter key: the name of the sender's key.
    func refusal(of message: IntakeMessage, endpoint: String) -> Refusal {
        var refusal = Refusal(code, text(message), endpoint: endpoint)
        refusal.retryAfter = retryAfter
        return refusal
    }

    /// What its sender is told.
    private var code: Refusal.Code {
        switch limit {
        case .connectionMessages, .connectionBytes, .keyMessages, .keyBytes, .streamMessages,
            .streamBytes, .order:
            wait > 0 ? .rateLimited : .textTooLarge
        case .keyText, .streamText: .textTooLarge
        case .keyStreams, .streams: .tooManyStreams
        case .keyProducers, .streamProducers: .tooManyProducers
        }
    }

    private func text(_ message: IntakeMessage) -> String {
        let key = "the key '\(message.key?.name ?? "")'"
        let stream = "the stream '\(message.stream?.text ?? "")'"
        return switch limit {
        case .connectionMessages: rate("the connection", "messages", "limits.connection")
        case .connectionBytes: rate("the connection", "bytes", "limits.connection")
        case .keyMessages: rate(key, "messages", "limits.key")
        case .keyBytes: rate(key, "bytes", "limits.key")
        case .streamMessages: rate(stream, "messages", "limits.stream")
        case .streamBytes: rate(stream, "bytes", "limits.stream")
        case .keyText:
            "the text has \(found) bytes; expected at most \(most) with \(key): send it in pieces "
                + "with \"more\""
        case .streamText:
            "the text has \(found) bytes; expected at most \(most) in \(stream): send it in pieces "
                + "with \"more\""
        case .keyStreams:
            "\(key) has \(most) streams in use; expected no message for another before one ends"
        case .streams:
            "\(most) streams are in use; expected no message for another before one ends "
                + "(limits.streams_in_use)"
        case .keyProducers:
            "\(key) has \(most) producers in use; expected no other before one sends its \"last\""
        case .streamProducers:
            "\(stream) has \(most) producers in use; expected no other before one sends its "
                + "\"last\""
        case .order:
            "number \(most) of the producer was refused before; expected it again, before later "
                + "numbers"
        }
    }

    private func rate(_ whose: String, _ what: String, _ section: String) -> String {
        guard wait > 0 else {
            return "the message has \(found) bytes; expected at most \(most), the burst of "
                + "\(whose) (\(section).byte_burst)"
        }
        return "\(whose) sends more than \(most) \(what) a second; expected this message again in "
            + "\(retryAfter ?? 1) ms (\(section).\(what)_per_second)"
    }
}
