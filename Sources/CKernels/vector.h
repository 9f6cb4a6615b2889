// Vectors of 16 floats: the columns of a panel or the units of a group. The compiler builds them
// from the tier's registers, so instructions come in independent pairs or fours, which hides their
// latency. All arithmetic is elementwise, and products are added only by an explicit fma.
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"  // no vector crosses a call: all of these are inlined

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vec __attribute__((ext_vector_type(SLUICE_LANES), aligned(4)));
typedef int32_t ivec __attribute__((ext_vector_type(SLUICE_LANES), aligned(4)));

INLINE vec load(const float *p) { return *(const vec *)p; }

INLINE void store(float *p, vec x) { *(vec *)p = x; }

INLINE vec splat(float x) { return (vec)x; }

INLINE vec fma_(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }

// NaN if b is NaN. Unlike fmaxf, this has one meaning on every tier.
INLINE vec max_(vec a, vec b) { return a > b ? a : b; }

// Bit l is set if lane l of the mask is set.
INLINE unsigned lanes_of(ivec mask) {
    typedef bool lanes __attribute__((ext_vector_type(SLUICE_LANES)));
    lanes set = __builtin_convertvector(mask, lanes);
    unsigned bits = 0;
    __builtin_memcpy(&bits, &set, sizeof set);
    return bits;
}

INLINE bool any(ivec mask) { return __builtin_reduce_or(mask) != 0; }
