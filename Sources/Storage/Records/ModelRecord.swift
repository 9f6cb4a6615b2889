/// A model that requests were read by.
package struct ModelRecord: Equatable, Sendable {
    /// 32 bytes.
    package var fingerprint: [UInt8]
    /// The folder's path when it was last used.
    package var folder: String

    package init(fingerprint: [UInt8], folder: String) {
        self.fingerprint = fingerprint
        self.folder = folder
    }
}
