/* SPDX-License-Identifier: Apache-2.0
 *
 * A complex number of a power flow. Its own type, because the C library's complex product checks
 * for infinities and the order of operations must be ours. No contraction, no library calls: the
 * same bits on every build. Pure.
 */
#pragma once

#include <stdint.h>

typedef struct gw_phasor {
    double re;
    double im;
} gw_phasor;

static inline gw_phasor gw_phasor_add(gw_phasor left, gw_phasor right) {
    return (gw_phasor){left.re + right.re, left.im + right.im};
}
static inline gw_phasor gw_phasor_subtract(gw_phasor left, gw_phasor right) {
    return (gw_phasor){left.re - right.re, left.im - right.im};
}
static inline gw_phasor gw_phasor_multiply(gw_phasor left, gw_phasor right) {
    return (gw_phasor){left.re * right.re - left.im * right.im,
                       left.re * right.im + left.im * right.re};
}
static inline gw_phasor gw_phasor_conjugate(gw_phasor it) { return (gw_phasor){it.re, -it.im}; }
static inline gw_phasor gw_phasor_scale(gw_phasor it, double factor) {
    return (gw_phasor){it.re * factor, it.im * factor};
}
/* The square of the absolute value. */
static inline double gw_phasor_square(gw_phasor it) { return it.re * it.re + it.im * it.im; }
static inline double gw_phasor_size(gw_phasor it) { return __builtin_sqrt(gw_phasor_square(it)); }
static inline gw_phasor gw_phasor_divide(gw_phasor top, gw_phasor bottom) {
    return gw_phasor_scale(gw_phasor_multiply(top, gw_phasor_conjugate(bottom)),
                           1.0 / gw_phasor_square(bottom));
}
static inline int gw_phasor_is_finite(gw_phasor it) {
    return __builtin_isfinite(it.re) && __builtin_isfinite(it.im);
}
