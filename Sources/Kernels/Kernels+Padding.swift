internal import CKernels

/// Padding: every size that the kernels read is a multiple of `lanes`.
extension Kernels {
    /// Columns of a weight panel, and units of a cell group.
    package static let lanes = Int(SLUICE_LANES)

    /// The smallest multiple of `lanes` that holds `size`.
    package static func paddedSize(_ size: Int) -> Int {
        (size + lanes - 1) / lanes * lanes
    }
}
