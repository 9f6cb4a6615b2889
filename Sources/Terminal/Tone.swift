/// Colours of what is said about the text.
package enum Tone: String, Sendable {
    case quiet = "2"
    case good = "32"
    case bad = "31"
    case warning = "33"

    package func applied(to text: String, depth: ColorDepth) -> String {
        depth == .none ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
