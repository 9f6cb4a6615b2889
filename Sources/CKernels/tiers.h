// The kernels of each tier, whether or not this processor can run it.
#include "CKernels.h"

extern const sluice_kernels sluice_kernels_portable;

#if defined(__x86_64__)
extern const sluice_kernels sluice_kernels_fma128, sluice_kernels_avx2, sluice_kernels_avx512;
#elif defined(__aarch64__)
extern const sluice_kernels sluice_kernels_neon;
#endif
