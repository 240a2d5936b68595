/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits that take part in a cutting, and what every item does to them: the inside of
 * grid/flow_check_round.h. Effects are taken once per limit, exactly (grid/flow_effect.h), where
 * everything asked for stands; where a phase is unknown the unfavourable one counts. Pure.
 */
#pragma once

#include "grid/flow_check_study.h"

/* An excess up to it is rounding of the flow itself. */
#define GW_CHECK_EXCESS_LEAST 1e-9

enum {
    GW_CHECK_ROWS_MOST = 128,
    GW_CHECK_ROUNDS_MOST = 24,
    GW_CHECK_SLOT_VALUES = 3 /* of a slot in by_slot: one per phase, alike when it is known */
};

/* A limit of one base that takes part in the cutting. Arrays follow `order` of the rounds. */
typedef struct gw_check_row {
    uint32_t base;
    uint32_t limit;
    bool is_broken;  /* by the base itself */
    double *effect;  /* of an item's watt, with these phases */
    double *by_slot; /* of a watt consumed at a slot */
    uint8_t *phases; /* by slot: those for which it stands */
    double excess;   /* in the last solution, with its phases */
    double gap;
    double shadow;
} gw_check_row;

typedef struct gw_check_rounds {
    gw_arena *arena;
    gw_check_study *study;
    uint32_t *order; /* items by id: what comes out does not depend on how they were listed */
    double *requested_w;
    double *accepted_w; /* by item, as listed */
    bool *is_barred;    /* by item: worsens what the base breaks by itself */
    bool *is_spared;    /* by item: has no effect any more where the amounts ended up */
    gw_check_row *rows;
    size_t row_count;
    double **now;        /* [base][limit]: excess, the worst over the phases */
    double **value;      /* [base][limit]: the value that belongs to it */
    double **requested;  /* [base][limit]: the value with everything accepted */
    double *loss_w;      /* by base */
    gw_flow_start start; /* of every flow */
    int64_t round_count;
    int64_t iterations;
    double residual; /* largest excess that is left; up to GW_CHECK_EXCESS_LEAST: none */
} gw_check_rounds;

/* The worst phases for a row's limit, given what stands at the slots now. */
void gw_check_row_turn(const gw_check_rounds *rounds, const gw_check_row *row, uint8_t *ret_phases);
/* True when a row of the same base and limit stands for these phases already. */
bool gw_check_row_stands(const gw_check_rounds *rounds, const gw_check_row *like,
                         const uint8_t *phases);
/* One more row for the limit of another, with other phases: the worst case is the worst of many
 * straight lines, and each that breaks becomes a row. */
GW_MUST_CHECK gw_status gw_check_row_copy(gw_check_rounds *rounds, const gw_check_row *like,
                                          const uint8_t *phases, double excess, gw_fault *reterr);

/* Takes the effects again where the amounts ended up, and spares every item that was cut for limits
 * which are not near or on which it has no effect there: true when there are new ones, and the
 * rounds have to go on without them. Only where all phases are known. */
GW_MUST_CHECK gw_status gw_check_rows_spare(gw_check_rounds *rounds, bool *ret_is_new,
                                            gw_fault *reterr);

/* Makes rows of the limits that break (the worst of each kind and phase per base) with the effects
 * of all items, at standing_w by item. Bars the items that worsen what a base breaks by itself:
 * true when there are new ones, and everything has to be solved again. Beyond GW_CHECK_ROWS_MOST no
 * rows are added. */
GW_MUST_CHECK gw_status gw_check_rows_add(gw_check_rounds *rounds, const double *standing_w,
                                          bool *ret_is_barred, gw_fault *reterr);
