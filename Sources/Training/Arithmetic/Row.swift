/// A row of numbers in a `Matrix`, or a part of one: valid as long as the matrix is.
///
/// Indices are checked in debug builds of this module only: rows are what the innermost loops read.
@safe package struct Row<Scalar: TrainingScalar> {
    let base: UnsafeMutablePointer<Scalar>
    package let count: Int

    init(base: UnsafeMutablePointer<Scalar>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inline(__always)
    package subscript(index: Int) -> Scalar {
        get {
            assert(index >= 0 && index < count)
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            unsafe base[index] = newValue
        }
    }

    /// Part of the row.
    @inline(__always)
    func part(_ start: Int, _ count: Int) -> Row {
        assert(start >= 0 && start + count <= self.count)
        return unsafe Row(base: base + start, count: count)
    }

    /// Block number `index` of rows that hold blocks of `size` side by side.
    @inline(__always)
    func block(_ index: Int, of size: Int) -> Row { part(index * size, size) }

    @inline(__always)
    func fill(_ value: Scalar) { unsafe base.update(repeating: value, count: count) }

    @inline(__always)
    func copy(_ other: Row) {
        assert(other.count >= count)
        unsafe base.update(from: other.base, count: count)
    }

    @inline(__always)
    func add(_ other: Row) {
        for i in 0..<count { self[i] += other[i] }
    }

    func multiply(by mask: Row?) {
        guard let mask else { return }
        for i in 0..<count { self[i] *= mask[i] }
    }

    @inline(__always)
    func scale(by factor: Scalar) {
        for i in 0..<count { self[i] *= factor }
    }

    /// The sum, in 16 chains and then in order: a shape of its own, whatever vectors there are.
    func sum() -> Scalar {
        var chains = SIMD16<Scalar>.zero
        let whole = count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            chains += unsafe UnsafeRawPointer(base + start).loadUnaligned(
                as: SIMD16<Scalar>.self)
        }
        var sum: Scalar = 0
        for lane in 0..<16 { sum += chains[lane] }
        for i in whole..<count { sum += self[i] }
        return sum
    }
}
