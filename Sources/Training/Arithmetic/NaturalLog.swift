internal import Glibc

/// Natural logarithm in double precision.
func naturalLog(_ x: Double) -> Double { log(x) }
