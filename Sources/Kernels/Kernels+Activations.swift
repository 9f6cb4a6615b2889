internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// Elementwise functions in place, within a few ulp. The bits do not depend on the position in the
/// array.
extension Kernels {
    package func exp(_ values: inout [Float]) { unsafe apply(table.pointee.exp, &values) }

    package func sigmoid(_ values: inout [Float]) { unsafe apply(table.pointee.sigmoid, &values) }

    package func tanh(_ values: inout [Float]) { unsafe apply(table.pointee.tanh, &values) }

    private func apply(
        _ function:
            @convention(c) (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void,
        _ values: inout [Float]
    ) {
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe function(buffer.baseAddress, buffer.baseAddress, buffer.count)
        }
    }
}
