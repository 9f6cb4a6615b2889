// Vectors of 16.
#include "tiers.h"

#if defined(__x86_64__)
#define TIER avx512
#define LANES 16
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
