/// A request of HTTP/1.0 or 1.1.
package struct HTTPRequest: Sendable, Equatable {
    package let method: String
    /// As it was sent, with the query.
    package let target: String
    /// Of HTTP/1.1, not 1.0.
    package let isCurrent: Bool
    /// Names in lower case, in their order.
    package let headers: [Header]
    package let body: [UInt8]

    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// Without the query.
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// The only header of this name; nil if there is none, or several.
    package subscript(_ name: String) -> String? {
        let found = headers.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// Whether the connection may carry another request.
    package var keepsConnection: Bool {
        let options = headers.filter { $0.name == "connection" }
            .flatMap { $0.value.lowercased().utf8.split(separator: 44).map(Substring.init) }
            .map { $0.trimmed }
        if options.contains("close") { return false }
        return isCurrent || options.contains("keep-alive")
    }
}

extension Substring {
    /// Without spaces and tabs around it. It is looked at byte by byte: a blank before a combining mark
    /// is a blank.
    var trimmed: Substring {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
        var rest = utf8.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return Substring(rest)
    }
}
