/// How lines of the log are written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// For people: `2026-01-31T16:04:59.120Z info sluice: key=value [Source] message`
    case text
    /// `time=… level=info event=serving msg=serving source=Daemon key=value`; values are quoted
    /// where they have spaces, quotation marks or `=`.
    case logfmt
    /// One JSON object with the keys `time`, `level`, `event`, `message`, `source`, and those of the
    /// event.
    case json
}
