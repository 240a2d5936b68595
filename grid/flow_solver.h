/* SPDX-License-Identifier: Apache-2.0
 *
 * What both power flows share: options, verdict and the state that they find. "Infeasible" is a
 * verdict, not an error: the sweep did not settle within its iterations, because the load is beyond
 * what the network can carry. Pure.
 */
#pragma once

#include "grid/flow_network.h"
#include "grid/flow_phasor.h"

typedef enum gw_flow_verdict { GW_FLOW_SOLVED, GW_FLOW_INFEASIBLE } gw_flow_verdict;

/* Flat: every node at its source's voltage; the same input gives the same bits. Warm: from the last
 * solution, which is faster and equal within the tolerance. */
typedef enum gw_flow_start { GW_FLOW_FLAT, GW_FLOW_WARM } gw_flow_start;

/* Constant power at every voltage, or constant impedance outside 0.7 to 1.2 of the nominal voltage.
 * With the band much settles that no customer could use, so a verdict is taken without it. */
typedef enum gw_flow_band { GW_FLOW_CONSTANT, GW_FLOW_BANDED } gw_flow_band;

typedef struct gw_flow_options {
    double tolerance_pu; /* largest change of a voltage in the last sweep; 0 stands for 1e-10 */
    int iterations_most; /* 0 stands for 200 */
    gw_flow_start start;
    gw_flow_band band;
} gw_flow_options;

typedef struct gw_flow_outcome {
    gw_flow_verdict verdict;
    int iterations;
    double change_pu;
    size_t
        switched; /* nodes with load outside 0.7 to 1.2: with GW_FLOW_BANDED their model changed */
} gw_flow_outcome;

/* Currents into a branch or transformer at its ends, and the active power lost inside. */
typedef struct gw_flow_ends {
    gw_phasor *from_a; /* phases values each */
    gw_phasor *to_a;
    double *loss_w;
} gw_flow_ends;

/* phases is 1 (line current and line voltage of a symmetric state) or 3 (phase A, B, C). Voltages
 * in per unit of un_v, or of un_v / sqrt 3 with three phases; nothing energised: zero. */
typedef struct gw_flow_state {
    size_t phases;
    gw_phasor *node_v; /* phases values each */
    gw_flow_ends branches;
    gw_flow_ends transformers;
    gw_phasor *source_va; /* what each source feeds in at its node, all phases together */
    gw_phasor *source_a;  /* and its current there, phases values each */
    gw_phasor load_va;    /* what the points take */
    gw_phasor shunt_va;   /* what the shunts take */
    double loss_w;        /* of branches and transformers */
} gw_flow_state;

GW_MUST_CHECK gw_status gw_flow_state_make(gw_arena *arena, const gw_net *net, size_t phases,
                                           gw_flow_state *ret, gw_fault *reterr);

/* Negative over positive sequence of three voltages or currents; 0 when there is no voltage.
 * Ref: IEC 61000-4-30, section 5.7.1. */
double gw_flow_unbalance(const gw_phasor abc[3]);
/* Zero over positive sequence. */
double gw_flow_zero_unbalance(const gw_phasor abc[3]);
/* What three currents leave for the neutral and the earth: |Ia + Ib + Ic|. */
double gw_flow_neutral_a(const gw_phasor abc_a[3]);

/* Inverse of a dense complex matrix [order x order] in place; row exchanges, no recursion. `room`
 * is as large. GW_CODE_INVALID when it has none: two stiff sources are tied together without
 * impedance.
 */
GW_MUST_CHECK gw_status gw_flow_invert(gw_phasor *matrix, gw_phasor *room, size_t order,
                                       gw_fault *reterr);
