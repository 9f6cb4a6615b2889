// The tiers that this processor can run.
#include "tiers.h"

#if defined(__x86_64__)
static const sluice_kernels *native_kernels(sluice_tier tier) {
    __builtin_cpu_init();
    const bool fma = __builtin_cpu_supports("fma");
    switch (tier) {
        case SLUICE_TIER_FMA128:
            return fma && __builtin_cpu_supports("avx") ? &sluice_kernels_fma128 : NULL;
        case SLUICE_TIER_AVX2:
            return fma && __builtin_cpu_supports("avx2") ? &sluice_kernels_avx2 : NULL;
        case SLUICE_TIER_AVX512:
            return __builtin_cpu_supports("avx512f") ? &sluice_kernels_avx512 : NULL;
        default: return NULL;
    }
}
#elif defined(__aarch64__)
static const sluice_kernels *native_kernels(sluice_tier tier) {
    return tier == SLUICE_TIER_NEON ? &sluice_kernels_neon : NULL;
}
#else
static const sluice_kernels *native_kernels(sluice_tier tier) { return NULL; }
#endif

const sluice_kernels *sluice_kernels_for(sluice_tier tier) {
    return tier == SLUICE_TIER_PORTABLE ? &sluice_kernels_portable : native_kernels(tier);
}
