/// Where the requests of an incarnation are read from.
package enum RequestSource {
    /// Its store.
    case stored
    /// A list of rising sequences, such as the stored requests with edits made.
    case list([SessionRequest])
}
