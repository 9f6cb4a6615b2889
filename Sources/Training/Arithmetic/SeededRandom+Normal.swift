internal import Glibc
package import Randomness

extension SeededRandom {
    /// Standard normal, by the polar method (Marsaglia and Bray 1964).
    package mutating func normal() -> Double {
        while true {
            let (u, v) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = u * u + v * v
            if square > 0 && square < 1 {
                return u * (-2 * log(square) / square).squareRoot()
            }
        }
    }
}
