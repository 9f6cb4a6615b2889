internal import Glibc

/// Why a call of the C library failed: errno(3).
package struct Errno: Error, Equatable, CustomStringConvertible {
    package let code: CInt

    package init(code: CInt) { self.code = code }

    /// Of the call that has just failed.
    package static var last: Errno { Errno(code: errno) }

    /// The user may not do this, or the file system is read-only.
    package var isDenied: Bool { [EROFS, EACCES, EPERM].contains(code) }
    /// The disk, the quota or the file is full.
    package var isFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

    /// Another socket has the address.
    package var isAddressInUse: Bool { code == EADDRINUSE }

    package var description: String { unsafe String(cString: strerror(code)) }
}
