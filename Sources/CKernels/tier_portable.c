// What any processor runs. Where the compiler may not assume fma instructions it calls fmaf, which
// gives the same bits, slowly.
#include "tiers.h"

#define TIER portable
#define LANES 4
#include "kernels.h"
