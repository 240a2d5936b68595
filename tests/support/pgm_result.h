/* SPDX-License-Identifier: Apache-2.0
 *
 * A solved network of a power-grid-model file, asked for values by the names of that format's
 * results.
 */
#pragma once

#include "grid/flow_solver.h"

typedef struct pgm_solved {
    gw_net net;
    gw_flow_state state;
} pgm_solved;

typedef struct pgm_wanted {
    const char *component; /* "node", "line", ... */
    gw_text id;
    const char *key; /* "u_pu", "p_from", ... */
    size_t phase;    /* 0 to state.phases - 1 */
    double rating_a; /* of a line: for its loading */
} pgm_wanted;

/* False when the name means nothing here. What is switched off or not there is 0. */
bool pgm_result_value(const pgm_solved *from, const pgm_wanted *wanted, double *ret);
/* The voltage of a node; for angles. */
gw_phasor pgm_result_voltage(const pgm_solved *from, gw_text id, size_t phase);
