/// A TOML value.
package enum ConfigurationValue: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([ConfigurationValue])
    case table([Entry])
    /// A date or a time, which no key accepts, by its name in errors.
    case other(String)

    package struct Entry: Equatable, Sendable {
        package let key: String
        package let value: ConfigurationValue

        package init(key: String, value: ConfigurationValue) {
            self.key = key
            self.value = value
        }
    }

    /// The description in errors.
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
