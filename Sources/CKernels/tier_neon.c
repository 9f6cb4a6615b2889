// Vectors of 4 with fma: every 64-bit Arm.
#include "tiers.h"

#if defined(__aarch64__)
#define TIER neon
#define LANES 4
#include "kernels.h"
#endif
