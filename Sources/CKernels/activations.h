// exp, log, sigmoid and tanh, elementwise, a few ulp from exact. Polynomials are those of the
// Cephes library (expf.c, logf.c), the reduction is Cody and Waite's. NaN gives NaN.

// x = n ln 2 + r with |r| <= ln 2 / 2. `bits` holds n in its low bits; |x| < 2^20.
typedef struct {
    vec r;
    ivec bits;
} reduced;

INLINE reduced reduce(vec x) {
    const vec magic = splat(0x1.8p23f);  // adding it rounds to an integer, into the low bits
    vec shifted = fma_(x, splat(0x1.715476p+0f), magic);
    vec n = shifted - magic;
    vec r = fma_(n, splat(-0.693145751953125f), x);
    return (reduced){fma_(n, splat(-1.42860677e-6f), r), (ivec)shifted};
}

// 2^n for n in -127...128, which give 0 and infinity.
INLINE vec power_of_two(ivec bits) { return (vec)((bits << 23) + 0x3f800000); }

// exp(r) - 1 for |r| <= ln 2 / 2.
INLINE vec expm1_polynomial(vec r) {
    vec p = splat(1.9875691500e-4f);
    p = fma_(p, r, splat(1.3981999507e-3f));
    p = fma_(p, r, splat(8.3334519073e-3f));
    p = fma_(p, r, splat(4.1665795894e-2f));
    p = fma_(p, r, splat(1.6666665459e-1f));
    p = fma_(p, r, splat(5.0000001201e-1f));
    return fma_(p, r * r, r);
}

// 0 from -87.7 down, infinity from 88.4 up.
INLINE vec exp_(vec x) {
    x = x < -88.0f ? splat(-88.0f) : x;
    x = x > 89.0f ? splat(89.0f) : x;
    reduced y = reduce(x);
    return (expm1_polynomial(y.r) + 1.0f) * power_of_two(y.bits);
}

INLINE vec sigmoid_(vec x) { return 1.0f / (1.0f + exp_(-x)); }

// tanh |x| = u / (u + 2) with u = exp(2|x|) - 1 = 2^n expm1(r) + (2^n - 1), exact for small x.
INLINE vec tanh_(vec x) {
    ivec sign = (ivec)x & INT32_MIN;
    vec a = (vec)((ivec)x ^ sign);
    a = a > 9.2f ? splat(9.2f) : a;
    reduced y = reduce(a + a);
    vec scale = power_of_two(y.bits);
    vec u = fma_(scale, expm1_polynomial(y.r), scale - 1.0f);
    return (vec)((ivec)(u / (u + 2.0f)) | sign);
}

// log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)), plus e ln 2.
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

// Whole vectors in place; the last few elements through a buffer.
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

// The same functions of one number, by the same arithmetic.
INLINE float exp_scalar(float x) { return exp_(splat(x))[0]; }

INLINE float log_scalar(float x) { return log_(splat(x))[0]; }
