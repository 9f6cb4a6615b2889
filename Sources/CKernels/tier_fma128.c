// SSE-sized vectors with fma3, as on processors before AVX2.
#include "tiers.h"

#if defined(__x86_64__)
#define TIER fma128
#define LANES 4
#pragma clang attribute push(__attribute__((target("avx,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
