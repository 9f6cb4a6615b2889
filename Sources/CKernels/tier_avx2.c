// Vectors of 8 with fma3: almost every x86 server.
#include "tiers.h"

#if defined(__x86_64__)
#define TIER avx2
#define LANES 8
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
