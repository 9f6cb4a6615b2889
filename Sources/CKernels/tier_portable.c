// For any processor. Where the compiler may not assume fma instructions, it calls fmaf, which is
// slow and gives the same bits.
#include "tiers.h"

#define TIER portable
#define LANES 4
#include "kernels.h"
