/// A TOML value, as far as a configuration has use for one.
package enum ConfigurationValue: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([ConfigurationValue])
    case table([Entry])
    /// A date or a time: nothing here is one, so only what to call it counts.
    case other(String)

    package struct Entry: Equatable, Sendable {
        package let key: String
        package let value: ConfigurationValue

        package init(key: String, value: ConfigurationValue) {
            self.key = key
            self.value = value
        }
    }

    /// What an error calls it.
    package var summary: String {
        switch self {
        case .text(let text): "the string \"\(text.prefix(80))\""
        case .integer(let number): "the integer \(number)"
        case .number(let number): "the number \(number)"
        case .flag(let flag): "\(flag)"
        case .list(let values): "an array of \(values.count)"
        case .table: "a table"
        case .other(let name): name
        }
    }
}
