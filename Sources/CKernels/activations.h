// exp, log, sigmoid and tanh, elementwise, within a few ulp. NaN gives NaN.

// log2(e) in two floats, and 1.5 * 2^23: adding that rounds to an integer, into the low bits.
#define LOG2_E 0x1.715476p+0f
#define LOG2_E_REST 0x1.4ae0cp-26f
#define ROUNDING 0x1.8p23f

// 2^n for n in -127...128, which give 0 and infinity; `rounded` is n + ROUNDING.
INLINE vec power_of_two(vec rounded) { return (vec)(((ivec)rounded << 23) + 0x3f800000); }

// exp(x) = 2^n 2^f with n + f = x log2(e), |f| <= 1/2; 2^f by a minimax polynomial, within 1e-7.
// 0 from -87.7 down, infinity from 88.4 up.
INLINE vec exp_(vec x) {
    x = x < -88.0f ? splat(-88.0f) : x;
    x = x > 89.0f ? splat(89.0f) : x;
    vec rounded = fma_(x, splat(LOG2_E), splat(ROUNDING));
    vec f = fma_(x, splat(LOG2_E), ROUNDING - rounded);
    f = fma_(x, splat(LOG2_E_REST), f);
    vec p = splat(1.3269586488604546e-3f);
    p = fma_(p, f, splat(9.671293199062347e-3f));
    p = fma_(p, f, splat(5.55071085691452e-2f));
    p = fma_(p, f, splat(2.4022246897220612e-1f));
    p = fma_(p, f, splat(6.931470036506653e-1f));
    p = fma_(p, f, splat(1.0f));
    return p * power_of_two(rounded);
}

INLINE vec sigmoid_(vec x) { return 1.0f / (1.0f + exp_(-x)); }

// exp(r) - 1 for |r| <= ln 2 / 2, with the polynomial of Cephes' expf.c.
INLINE vec expm1_polynomial(vec r) {
    vec p = splat(1.9875691500e-4f);
    p = fma_(p, r, splat(1.3981999507e-3f));
    p = fma_(p, r, splat(8.3334519073e-3f));
    p = fma_(p, r, splat(4.1665795894e-2f));
    p = fma_(p, r, splat(1.6666665459e-1f));
    p = fma_(p, r, splat(5.0000001201e-1f));
    return fma_(p, r * r, r);
}

// tanh |x| = u / (u + 2) with u = exp(2|x|) - 1 = 2^n expm1(r) + (2^n - 1), exact for small x;
// 2|x| = n ln 2 + r by Cody and Waite's reduction.
INLINE vec tanh_(vec x) {
    ivec sign = (ivec)x & INT32_MIN;
    vec a = (vec)((ivec)x ^ sign);
    a = a > 9.2f ? splat(9.2f) : a;
    vec rounded = fma_(a + a, splat(LOG2_E), splat(ROUNDING));
    vec n = rounded - ROUNDING;
    vec r = fma_(n, splat(-0.693145751953125f), a + a);
    r = fma_(n, splat(-1.42860677e-6f), r);
    vec scale = power_of_two(rounded);
    vec u = fma_(scale, expm1_polynomial(r), scale - 1.0f);
    return (vec)((ivec)(u / (u + 2.0f)) | sign);
}

// log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)), plus e ln 2; the polynomial is Cephes' of logf.c.
INLINE vec log_polynomial(vec f, vec e) {
    vec p = splat(7.0376836292e-2f);
    p = fma_(p, f, splat(-1.1514610310e-1f));
    p = fma_(p, f, splat(1.1676998740e-1f));
    p = fma_(p, f, splat(-1.2420140846e-1f));
    p = fma_(p, f, splat(1.4249322787e-1f));
    p = fma_(p, f, splat(-1.6668057665e-1f));
    p = fma_(p, f, splat(2.0000714765e-1f));
    p = fma_(p, f, splat(-2.4999993993e-1f));
    p = fma_(p, f, splat(3.3333331174e-1f));
    vec square = f * f;
    vec tail = fma_(e, splat(-2.12194440e-4f), p * f * square);
    return fma_(e, splat(0.693359375f), f + fma_(square, splat(-0.5f), tail));
}

INLINE vec log_(vec x) {
    const float infinity = __builtin_inff();
    ivec small = x < 0x1p-126f;
    vec scaled = small ? x * 0x1p23f : x;
    ivec bits = (ivec)scaled - 0x3f3504f3;  // of sqrt(1/2)
    vec f = (vec)((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
    vec e = __builtin_convertvector(bits >> 23, vec) - (small ? splat(23.0f) : splat(0.0f));
    vec y = log_polynomial(f, e);
    y = x == infinity ? x : y;
    y = x == 0.0f ? splat(-infinity) : y;
    return x >= 0.0f ? y : splat(__builtin_nanf(""));
}

// Whole vectors in place; the last elements through a buffer.
#define ARRAY_FUNCTION(name)                                                    \
    static void name##_array(const float *x, float *y, ptrdiff_t count) {       \
        ptrdiff_t i = 0;                                                        \
        const ptrdiff_t whole = count / SLUICE_LANES * SLUICE_LANES;            \
        for (; i < whole; i += SLUICE_LANES) store(y + i, name##_(load(x + i))); \
        if (i == count) return;                                                 \
        float rest[SLUICE_LANES] = {0};                                         \
        for (ptrdiff_t j = i; j < count; j++) rest[j - i] = x[j];               \
        store(rest, name##_(load(rest)));                                       \
        for (ptrdiff_t j = i; j < count; j++) y[j] = rest[j - i];               \
    }

ARRAY_FUNCTION(exp)
ARRAY_FUNCTION(log)
ARRAY_FUNCTION(sigmoid)
ARRAY_FUNCTION(tanh)

// The same functions for one number, with the same arithmetic.
INLINE float exp_scalar(float x) { return exp_(splat(x))[0]; }

INLINE float log_scalar(float x) { return log_(splat(x))[0]; }
