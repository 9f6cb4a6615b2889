/// A TOML value, as far as a configuration has use for one.
enum ConfigurationValue: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case flag(Bool)
    case list([ConfigurationValue])
    case table([Entry])
    /// A float, a date or a time: nothing here is one, so only what to call it counts.
    case other(String)

    struct Entry: Equatable, Sendable {
        let key: String
        let value: ConfigurationValue
    }

    /// What an error calls it.
    var summary: String {
        switch self {
        case .text(let text): "the string \"\(text.prefix(80))\""
        case .integer(let number): "the integer \(number)"
        case .flag(let flag): "\(flag)"
        case .list(let values): "an array of \(values.count)"
        case .table: "a table"
        case .other(let name): name
        }
    }
}
