/// The answers that a server gives.
package enum HTTPStatus: String, CaseIterable, Sendable {
    case ok = "200"
    case badRequest = "400"
    case unauthorized = "401"
    case forbidden = "403"
    case notFound = "404"
    case methodNotAllowed = "405"
    case timeout = "408"
    case gone = "410"
    case bodyTooLarge = "413"
    case rangeNotSatisfiable = "416"
    case misdirected = "421"
    case tooManyRequests = "429"
    case headTooLarge = "431"
    case internalError = "500"
    case notImplemented = "501"
    case unavailable = "503"
    case versionNotSupported = "505"

    package var phrase: String {
        switch self {
        case .ok: "OK"
        case .badRequest: "Bad Request"
        case .unauthorized: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .timeout: "Request Timeout"
        case .gone: "Gone"
        case .bodyTooLarge: "Content Too Large"
        case .rangeNotSatisfiable: "Range Not Satisfiable"
        case .misdirected: "Misdirected Request"
        case .tooManyRequests: "Too Many Requests"
        case .headTooLarge: "Request Header Fields Too Large"
        case .internalError: "Internal Server Error"
        case .notImplemented: "Not Implemented"
        case .unavailable: "Service Unavailable"
        case .versionNotSupported: "HTTP Version Not Supported"
        }
    }
}
