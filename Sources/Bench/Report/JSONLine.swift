import Foundation

/// One JSON object on a line, its keys in the order in which they were added. The same values are
/// the cells of a table.
package struct JSONLine: CustomStringConvertible {
    private var members: [String] = []
    private var cells: [String: String] = [:]

    package init() {}

    package var description: String { "{\(members.joined(separator: ", "))}" }

    package mutating func add(_ key: String, _ text: String) {
        let encoded = try? JSONEncoder().encode(text)
        append(key, encoded.map { String(decoding: $0, as: UTF8.self) } ?? "\"\"")
        show(key, text)
    }

    /// null for nil.
    package mutating func add(_ key: String, optional text: String?) {
        guard let text else { return append(key, "null") }
        add(key, text)
    }

    package mutating func add(_ key: String, _ number: some BinaryInteger) {
        append(key, "\(number)")
    }

    package mutating func add(_ key: String, _ flag: Bool) { append(key, "\(flag)") }

    /// - Parameter digits: after the point; null where there is no number.
    package mutating func add(_ key: String, _ number: Double?, digits: Int) {
        guard let number, number.isFinite else { return append(key, "null") }
        append(key, digits == 0 ? "\(Int(number.rounded()))" : number.formatted(digits: digits))
    }

    /// A value that is JSON already.
    package mutating func add(_ key: String, json value: String) { append(key, value) }

    /// Sets a cell alone.
    package mutating func show(_ key: String, _ text: String) { cells[key] = text }

    /// "-" where there is no value.
    package func cells(_ keys: [String]) -> [String] { keys.map { cells[$0] ?? "-" } }

    private mutating func append(_ key: String, _ value: String) {
        members.append("\"\(key)\": \(value)")
        if value != "null" { show(key, value) }
    }
}

extension Double {
    /// With so many digits after the point, whatever the locale.
    package func formatted(digits: Int) -> String {
        String(format: "%.\(digits)f", self)
    }
}
