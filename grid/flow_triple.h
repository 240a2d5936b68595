/* SPDX-License-Identifier: Apache-2.0
 *
 * Three phasors, as phases A, B, C or as symmetrical components, and a symmetric coupling between
 * them. Pure.
 */
#pragma once

#include "grid/flow_phasor.h"

typedef struct gw_triple {
    gw_phasor at[3];
} gw_triple;

typedef struct gw_sequences {
    gw_phasor zero;
    gw_phasor positive;
    gw_phasor negative;
} gw_sequences;

/* own * x + mutual * (xa + xb + xc) at every phase. */
typedef struct gw_coupling {
    gw_phasor own;
    gw_phasor mutual;
} gw_coupling;

gw_sequences gw_sequences_of(const gw_triple *phases);
gw_triple gw_triple_of(const gw_sequences *sequences);
gw_triple gw_coupling_apply(const gw_coupling *coupling, const gw_triple *to);
