import Engine
import Wire
import ZeroMQ

extension ConfigurationCodec where Value == Bool {
    static var flag: Self {
        Self(
            expecting: "true or false",
            read: { if case .flag(let flag) = $0 { flag } else { nil } },
            encode: { .flag($0) })
    }
}

extension ConfigurationCodec where Value: BinaryInteger {
    static func integer(_ range: ClosedRange<Value>) -> Self {
        Self(
            expecting: "an integer from \(range.lowerBound) to \(range.upperBound)",
            read: { value in
                guard case .integer(let number) = value else { return nil }
                return Value(exactly: number).flatMap { range.contains($0) ? $0 : nil }
            }, encode: { .integer(Int($0)) })
    }
}

extension ConfigurationCodec where Value == String {
    static func text(expecting expectation: String, allowsEmpty: Bool) -> Self {
        Self(
            expecting: expectation,
            read: { value in
                guard case .text(let text) = value, allowsEmpty || !text.isEmpty else { return nil }
                return text
            }, encode: { .text($0) })
    }
}

extension ConfigurationCodec where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            expecting: "a duration from \"\(range.lowerBound.configurationText)\" to "
                + "\"\(range.upperBound.configurationText)\", such as \"250ms\" or \"10s\"",
            read: { value in
                guard case .text(let text) = value,
                    let duration = Duration(configurationText: text),
                    range.contains(duration)
                else { return nil }
                return duration
            }, encode: { .text($0.configurationText) })
    }
}

extension ConfigurationCodec
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a type's names.
    static var choice: Self {
        let names = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return Self(
            expecting: "one of \(names)",
            read: { if case .text(let name) = $0 { Value(rawValue: name) } else { nil } },
            encode: { .text($0.rawValue) })
    }
}

extension ConfigurationCodec where Value == Endpoint {
    static func endpoint(for attachment: Endpoint.Attachment) -> Self {
        Self(
            decode: { value, path, problems in
                guard case .text(let text) = value else {
                    problems.append(
                        .init(
                            path,
                            "found \(value.summary); expected an endpoint such as "
                                + "\"tcp://127.0.0.1:5601\""))
                    return nil
                }
                do throws(EndpointError) {
                    return try Endpoint(text, for: attachment)
                } catch {
                    problems.append(.init(path, "\(error)"))
                    return nil
                }
            }, encode: { .text($0.text) })
    }
}

extension ConfigurationCodec where Value == StreamID {
    static var stream: Self {
        Self(
            decode: { value, path, problems in
                guard case .text(let text) = value else {
                    problems.append(
                        .init(path, "found \(value.summary); expected a stream id, a string"))
                    return nil
                }
                do throws(Refusal) {
                    return try StreamID(text)
                } catch {
                    problems.append(.init(path, "\(error)"))
                    return nil
                }
            }, encode: { .text($0.text) })
    }
}

extension ConfigurationCodec where Value == Cadence {
    /// - Parameter combines: whether "token+message" is one.
    static func cadence(combines: Bool) -> Self {
        Self(
            expecting:
                "\"token\", \"message\"\(combines ? ", \"token+message\"" : ""), \"never\" or a "
                + "number of tokens from 1",
            read: { value in
                switch value {
                case .text("token"): .everyToken
                case .text("message"): .everyMessage
                case .text("never"): .never
                case .text("token+message") where combines: .everyTokenAndMessage
                case .integer(let count) where count > 0: .everyTokens(UInt64(count))
                default: nil
                }
            },
            encode: { cadence in
                switch cadence {
                case .everyToken: .text("token")
                case .everyMessage: .text("message")
                case .everyTokenAndMessage: .text("token+message")
                case .everyTokens(let count): .integer(Int(clamping: count))
                case .never: .text("never")
                }
            })
    }
}
