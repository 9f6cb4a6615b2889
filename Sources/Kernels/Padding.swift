internal import CKernels

/// Columns of a weight panel and units of a cell group. Every size that kernels see is a multiple.
package let kernelLanes = Int(SLUICE_LANES)

/// The smallest multiple of `kernelLanes` that holds `size`.
package func paddedSize(_ size: Int) -> Int {
    (size + kernelLanes - 1) / kernelLanes * kernelLanes
}
