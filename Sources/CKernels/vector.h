// Vectors of LANES floats, for the tier that includes this. All arithmetic is elementwise, and a
// product is only ever added by an explicit fma.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define VECTORS (SLUICE_LANES / LANES)  // vectors of one panel row

typedef float vec __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t ivec __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE vec load(const float *p) { return *(const vec *)p; }

INLINE void store(float *p, vec x) { *(vec *)p = x; }

INLINE vec splat(float x) { return (vec)x; }

INLINE vec fma_(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }

// NaN where b is NaN: one meaning for every tier, unlike fmaxf.
INLINE vec max_(vec a, vec b) { return a > b ? a : b; }

INLINE bool any(ivec mask) { return __builtin_reduce_or(mask) != 0; }
