internal import Glibc

/// Natural logarithm and exponential in double precision.
func naturalLog(_ x: Double) -> Double { log(x) }

func exponential(_ x: Double) -> Double { exp(x) }
