/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_solver.h"

#include "grid/flow_triple.h"

static gw_status make_ends(gw_arena *arena, size_t count, size_t phases, gw_flow_ends *ret,
                           gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count * phases, &ret->from_a, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count * phases, &ret->to_a, reterr));
    return GW_ARENA_NEW(arena, double, count, &ret->loss_w, reterr);
}

gw_status gw_flow_state_make(gw_arena *arena, const gw_net *net, size_t phases, gw_flow_state *ret,
                             gw_fault *reterr) {
    gw_flow_state made = {.phases = phases};
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, net->node_count * phases, &made.node_v, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, net->source_count, &made.source_va, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, net->source_count * phases, &made.source_a, reterr));
    GW_TRY(make_ends(arena, net->branch_count, phases, &made.branches, reterr));
    GW_TRY(make_ends(arena, net->transformer_count, phases, &made.transformers, reterr));
    *ret = made;
    return gw_ok();
}

double gw_flow_unbalance(const gw_phasor abc[3]) {
    const gw_triple phases = {{abc[0], abc[1], abc[2]}};
    const gw_sequences found = gw_sequences_of(&phases);
    const double whole = gw_phasor_size(found.positive);
    return whole > 0 ? gw_phasor_size(found.negative) / whole : 0;
}

double gw_flow_zero_unbalance(const gw_phasor abc[3]) {
    const gw_triple phases = {{abc[0], abc[1], abc[2]}};
    const gw_sequences found = gw_sequences_of(&phases);
    const double whole = gw_phasor_size(found.positive);
    return whole > 0 ? gw_phasor_size(found.zero) / whole : 0;
}

double gw_flow_neutral_a(const gw_phasor abc_a[3]) {
    return gw_phasor_size(gw_phasor_add(gw_phasor_add(abc_a[0], abc_a[1]), abc_a[2]));
}

static void exchange_rows(gw_phasor *matrix, size_t order, size_t one, size_t other) {
    for (size_t column = 0; column < order; column++) {
        const gw_phasor kept = matrix[one * order + column];
        matrix[one * order + column] = matrix[other * order + column];
        matrix[other * order + column] = kept;
    }
}

static size_t find_pivot(const gw_phasor *matrix, size_t order, size_t column) {
    size_t best = column;
    for (size_t row = column + 1; row < order; row++)
        if (gw_phasor_square(matrix[row * order + column]) >
            gw_phasor_square(matrix[best * order + column]))
            best = row;
    return best;
}

/* Clears `column` of one row of [left | right] with the pivot row. */
static void clear_row(gw_phasor *side, size_t order, size_t row, size_t pivot, gw_phasor factor) {
    for (size_t at = 0; at < order; at++)
        side[row * order + at] = gw_phasor_subtract(
            side[row * order + at], gw_phasor_multiply(factor, side[pivot * order + at]));
}

static void reduce_column(gw_phasor *left, gw_phasor *right, size_t order, size_t column) {
    const gw_phasor pivot = left[column * order + column];
    for (size_t at = 0; at < order; at++) {
        left[column * order + at] = gw_phasor_divide(left[column * order + at], pivot);
        right[column * order + at] = gw_phasor_divide(right[column * order + at], pivot);
    }
    for (size_t row = 0; row < order; row++) {
        const gw_phasor factor = left[row * order + column];
        if (row == column || (factor.re == 0 && factor.im == 0)) continue;
        clear_row(left, order, row, column, factor);
        clear_row(right, order, row, column, factor);
    }
}

gw_status gw_flow_invert(gw_phasor *matrix, gw_phasor *room, size_t order, gw_fault *reterr) {
    gw_phasor *const inverse = room;
    for (size_t at = 0; at < order * order; at++) inverse[at] = (gw_phasor){0, 0};
    for (size_t at = 0; at < order; at++) inverse[at * order + at].re = 1;
    for (size_t column = 0; column < order; column++) {
        const size_t pivot = find_pivot(matrix, order, column);
        const double square = gw_phasor_square(matrix[pivot * order + column]);
        if (!(square > 1e-60))
            return gw_fail_with(reterr, GW_CODE_INVALID, "/branches",
                                "a closed loop has no impedance");
        exchange_rows(matrix, order, column, pivot);
        exchange_rows(inverse, order, column, pivot);
        reduce_column(matrix, inverse, order, column);
    }
    for (size_t at = 0; at < order * order; at++) matrix[at] = inverse[at];
    return gw_ok();
}
