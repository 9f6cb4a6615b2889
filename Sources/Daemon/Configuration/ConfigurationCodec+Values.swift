import Engine
import StrictTOML
import Wire
import ZeroMQ

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

extension ConfigurationCodec where Value == String {
    static var serverKey: Self {
        .text(expecting: "a public key, 40 characters, or the path of its file", allowsEmpty: false)
    }
}

extension ConfigurationCodec where Value == UInt32 {
    /// The mode of a socket's file, in octal digits.
    static var fileMode: Self {
        Self(
            expecting: "the mode of a file that its owner may read and write, such as \"0600\" or "
                + "\"0660\"",
            read: { value in
                guard case .text(let text) = value, (3...4).contains(text.count),
                    let mode = UInt32(text, radix: 8), mode & 0o600 == 0o600, mode & ~0o666 == 0
                else { return nil }
                return mode
            }, encode: { .text("0" + String($0, radix: 8)) })
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
