import RateLimits
import StrictTOML

/// How much a connection, a key or a stream may send; `.max` for any amount.
package struct RateSettings: Sendable, Equatable {
    package var messagesPerSecond = Int.max
    /// Messages that may come at once; nil for those of a second.
    package var messageBurst: Int?
    package var bytesPerSecond = Int.max
    package var byteBurst: Int?

    package init() {}

    var rates: Rates {
        Rates(
            messages: Self.limit(messagesPerSecond, messageBurst),
            bytes: Self.limit(bytesPerSecond, byteBurst))
    }

    private static func limit(_ perSecond: Int, _ burst: Int?) -> RateLimit? {
        perSecond == .max ? nil : RateLimit(perSecond: perSecond, burst: burst)
    }

    /// The keys of a section that has them among others.
    static func fields<Section>(
        _ member: WritableKeyPath<Section, RateSettings>
    ) -> [ConfigurationField<Section>] {
        let range = 1...RateLimit.most
        func field(_ name: String, _ rate: WritableKeyPath<RateSettings, Int>)
            -> ConfigurationField<Section>
        {
            ConfigurationField(name, member.appending(path: rate), .limit(range)).live
        }
        func field(_ name: String, _ burst: WritableKeyPath<RateSettings, Int?>)
            -> ConfigurationField<Section>
        {
            ConfigurationField(
                name, member.appending(path: burst), ConfigurationCodec<Int>.integer(range),
                or: "auto"
            ).live
        }
        return [
            field("messages_per_second", \.messagesPerSecond),
            field("message_burst", \.messageBurst),
            field("bytes_per_second", \.bytesPerSecond),
            field("byte_burst", \.byteBurst),
        ]
    }

    /// - Parameter key: of the section.
    func inconsistencies(_ key: String) -> [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        func check(_ burst: Int?, _ name: String, _ rate: Int, _ rateName: String) {
            guard burst != nil, rate == .max else { return }
            problems.append(
                .init(
                    "\(key).\(name)", "has no meaning without \(rateName)",
                    with: ["\(key).\(rateName)"]))
        }
        check(messageBurst, "message_burst", messagesPerSecond, "messages_per_second")
        check(byteBurst, "byte_burst", bytesPerSecond, "bytes_per_second")
        return problems
    }
}

extension ConfigurationCodec where Value == Int {
    /// An integer, or "unlimited", which is `.max`.
    static func limit(_ range: ClosedRange<Int>) -> Self {
        let number = ConfigurationCodec<Int>.integer(range).orNil("unlimited")
        return Self(
            decode: { value, path, problems in
                number.decode(value, path, &problems).map { $0 ?? .max }
            }, encode: { number.encode($0 == .max ? nil : $0) })
    }
}
