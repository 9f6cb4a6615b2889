/// A row of numbers in a `Matrix`, or a part of one.
///
/// A row does not keep its matrix alive. Code takes rows only from matrices that outlive the call:
/// stored properties and parameters. No row is stored.
///
/// Each operation checks the counts of its rows once, in every build. The index of a single number
/// is checked where `assert` is: in debug builds, and so in tests. A check in release builds would
/// keep the innermost loops from being vectorised.
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
            assert(index >= 0 && index < count, "no such number")
            // unsafe: the index is below `count`: asserted, and checked by the operation that
            // loops.
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "no such number")
            unsafe base[index] = newValue
        }
    }

    @inline(__always)
    func part(_ start: Int, _ count: Int) -> Row {
        precondition(start >= 0 && count >= 0 && start + count <= self.count, "no such part")
        // unsafe: the part is inside the row, by the precondition.
        return unsafe Row(base: base + start, count: count)
    }

    /// Block number `index` of rows that hold blocks of `size` side by side.
    @inline(__always)
    func block(_ index: Int, of size: Int) -> Row { part(index * size, size) }

    @inline(__always)
    func fill(_ value: Scalar) {
        // unsafe: exactly the row's numbers.
        unsafe base.update(repeating: value, count: count)
    }

    /// Traps unless the other row has as many numbers as this one.
    @inline(__always)
    func requireWidth(of other: Row) {
        precondition(other.count == count, "rows of different widths")
    }

    @inline(__always)
    func copy(_ other: Row) {
        precondition(other.count >= count, "rows of different widths")
        // unsafe: both rows have `count` numbers, by the precondition.
        unsafe base.update(from: other.base, count: count)
    }

    @inline(__always)
    func add(_ other: Row) {
        precondition(other.count >= count, "rows of different widths")
        for i in 0..<count { self[i] += other[i] }
    }

    func multiply(by mask: Row?) {
        guard let mask else { return }
        precondition(mask.count >= count, "rows of different widths")
        for i in 0..<count { self[i] *= mask[i] }
    }

    @inline(__always)
    func scale(by factor: Scalar) {
        for i in 0..<count { self[i] *= factor }
    }

    /// The sum: 16 partial sums, then their sum in order. The order does not depend on the vector
    /// width.
    func sum() -> Scalar {
        var chains = SIMD16<Scalar>.zero
        let whole = count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            // unsafe: 16 numbers from `start` on are inside the row: `whole` is not above `count`.
            chains += unsafe UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Scalar>.self)
        }
        var sum: Scalar = 0
        for lane in 0..<16 { sum += chains[lane] }
        for i in whole..<count { sum += self[i] }
        return sum
    }
}
