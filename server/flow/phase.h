/* SPDX-License-Identifier: Apache-2.0
 *
 * Use cases: voltages come in and phases are proposed (grid/flow_phase_match.h); an operator takes
 * a proposal over into the network. The readings that we keep have no voltages, so whoever has them
 * (a head-end, a study) brings the series along.
 */
#pragma once

#include "server/db/phase_store.h"
#include "server/flow/network_change.h"

/* Whether the phases that the network knows count, or all are looked at alike. */
typedef enum gw_phase_trust { GW_PHASE_TRUST_NETWORK, GW_PHASE_TRUST_NOBODY } gw_phase_trust;

typedef struct gw_phase_study {
    const gw_text *points; /* ids, each once */
    size_t point_count;
    size_t interval_count;
    const int64_t *voltage_mv;   /* [point * interval_count + interval]; GW_PHASE_GAP: none */
    const int64_t *reference_mv; /* of the transformer, [phase * interval_count + interval]; NULL */
    gw_phase_trust trust;
    int64_t certain_ppm;
    gw_instant from;
    int64_t interval_s;
} gw_phase_study;

/* One run as it was stored. */
typedef struct gw_phase_run {
    gw_phase_run_row row;
    gw_phase_list list; /* in the order of the study; run and recorded_at are those of row */
} gw_phase_run;

/* GW_CODE_INVALID: the network is balanced, a point is on several phases or twice;
 * GW_CODE_NOT_FOUND: it is not there. The subject is "/series/<at>/point". */
GW_MUST_CHECK gw_status gw_phase_propose_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                                            const gw_phase_study *study, gw_phase_run *ret,
                                            gw_fault *reterr);

typedef struct gw_phase_choice {
    gw_text point;
    gw_text phase; /* the operator's own; empty: the proposed one */
} gw_phase_choice;

/* The newest proposal of the point goes into the network. Again is the same. GW_CODE_CONFLICT:
 * nothing was proposed, and no phase was said. */
GW_MUST_CHECK gw_status gw_phase_accept_do(gw_db *db, gw_arena *arena, const gw_network_call *call,
                                           const gw_phase_choice *choice, gw_phase_row *ret,
                                           gw_fault *reterr);
