/* SPDX-License-Identifier: Apache-2.0
 *
 * A 3 x 3 complex matrix between the phases A, B, C: what a line whose phases differ, or a
 * transformer, does to three phasors. Pure.
 */
#pragma once

#include "grid/flow_triple.h"

#include <stddef.h>

typedef struct gw_tensor {
    gw_phasor at[3][3];
} gw_tensor;

/* The coupling as a matrix: own + mutual on the diagonal, mutual elsewhere. */
gw_tensor gw_tensor_of_coupling(const gw_coupling *coupling);
/* What multiplies every symmetrical component by its own factor. */
gw_tensor gw_tensor_of_sequences(const gw_sequences *factors);
/* A symmetric matrix from a lower triangle aa, ba, bb, ca, cb, cc, times a factor. */
gw_tensor gw_tensor_of_triangle(const double re[6], const double im[6], double factor);

gw_triple gw_tensor_apply(const gw_tensor *it, const gw_triple *to);
gw_tensor gw_tensor_multiply(const gw_tensor *left, const gw_tensor *right);
gw_tensor gw_tensor_add(const gw_tensor *left, const gw_tensor *right);
gw_tensor gw_tensor_subtract(const gw_tensor *left, const gw_tensor *right);
/* Transposed and conjugated: what carries currents back where `it` carries voltages on. */
gw_tensor gw_tensor_adjoint(const gw_tensor *it);
/* By cofactors; what is singular gives numbers that are not finite. */
gw_tensor gw_tensor_invert(const gw_tensor *it);
/* The largest size of an entry. */
double gw_tensor_size(const gw_tensor *it);

gw_triple gw_triple_add(const gw_triple *left, const gw_triple *right);
gw_triple gw_triple_subtract(const gw_triple *left, const gw_triple *right);
