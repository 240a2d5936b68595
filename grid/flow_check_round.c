/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_round.h"

#include <string.h>

/* Added to a gap in every round, so that the last one does not creep to the limit from outside. */
static const double guard = 2e-9;

enum {
    HALVINGS = 10, /* in search of a start that the network can carry */
    SPARING_PASSES = 3,
    ROUNDS_LOOSE = 6,  /* then a gap only grows: programmes may hop between two corners */
    ROUNDS_USUAL = 16, /* then only breaking limits count */
};

static size_t item_count(const gw_check_rounds *it) { return it->study->question->item_count; }
static size_t base_count(const gw_check_rounds *it) { return it->study->question->base_count; }

/* ---- opening ---- */

static gw_status open_values(gw_check_rounds *it, double ***ret, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(it->arena, double *, base_count(it), ret, reterr));
    for (size_t base = 0; base < base_count(it); base++)
        GW_TRY(GW_ARENA_NEW(it->arena, double, it->study->limit_count, &(*ret)[base], reterr));
    return gw_ok();
}

static gw_status make_order(gw_check_rounds *it, gw_fault *reterr) {
    const size_t count = item_count(it);
    gw_net_name *names = NULL;
    gw_net_index index;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_net_name, count, &names, reterr));
    for (size_t at = 0; at < count; at++)
        names[at] = (gw_net_name){it->study->question->items[at].id, (uint32_t)at};
    GW_TRY(gw_net_index_build(names, count, "items", &index, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, count, &it->order, reterr));
    for (size_t at = 0; at < count; at++) it->order[at] = index.names[at].at;
    return gw_ok();
}

gw_status gw_check_rounds_open(gw_arena *arena, gw_check_study *study, gw_check_rounds *ret,
                               gw_fault *reterr) {
    gw_check_rounds made = {.arena = arena, .study = study, .start = GW_FLOW_WARM};
    gw_check_rounds *it = &made;
    const size_t count = item_count(it);
    GW_TRY(make_order(it, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &it->requested_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &it->accepted_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, bool, count, &it->is_barred, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, bool, count, &it->is_spared, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, gw_check_row, GW_CHECK_ROWS_MOST, &it->rows, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, base_count(it), &it->loss_w, reterr));
    GW_TRY(open_values(it, &it->now, reterr));
    GW_TRY(open_values(it, &it->value, reterr));
    GW_TRY(open_values(it, &it->requested, reterr));
    for (size_t at = 0; at < count; at++)
        it->requested_w[at] = it->accepted_w[at] =
            (double)it->study->question->items[at].requested.w;
    *ret = made;
    return gw_ok();
}

/* ---- solving what is accepted ---- */

static void note_values(gw_check_rounds *it, size_t base, bool is_first) {
    gw_check_study *study = it->study;
    for (size_t limit = 0; limit < study->limit_count; limit++) {
        const double excess = gw_check_study_excess(study, base, limit);
        if (!is_first && excess <= it->now[base][limit]) continue;
        it->now[base][limit] = excess;
        it->value[base][limit] =
            gw_flow_limit_value(&study->limits[base].at[limit], &study->run->net, &study->state);
    }
}

static bool solve_phases(gw_check_rounds *it, size_t base, const uint8_t *phases, bool is_first) {
    gw_check_study_put(it->study, base, it->accepted_w, phases);
    if (!gw_check_study_solve(it->study, it->start)) return false;
    if (is_first) it->loss_w[base] = it->study->state.loss_w;
    note_values(it, base, is_first);
    it->iterations = it->study->iterations;
    return true;
}

static double excess_of(const gw_check_rounds *it, const gw_check_row *row) {
    return gw_check_study_excess(it->study, row->base, row->limit);
}

/* Each row of the base with its own phases. */
static bool solve_rows(gw_check_rounds *it, size_t base) {
    for (size_t at = 0; at < it->row_count; at++) {
        gw_check_row *row = &it->rows[at];
        if (row->base != base) continue;
        if (!solve_phases(it, base, row->phases, false)) return false;
        row->excess = excess_of(it, row);
    }
    return true;
}

/* Other phases may be the worst by now: then they are solved, and a row if they break the limit. */
static gw_status turn_rows(gw_check_rounds *it, size_t base, uint8_t *phases, bool *ret_is_solved,
                           gw_fault *reterr) {
    const size_t count = it->row_count;
    for (size_t at = 0; at < count && *ret_is_solved; at++) {
        const gw_check_row *row = &it->rows[at];
        if (row->base != base) continue;
        gw_check_row_turn(it, row, phases);
        if (gw_check_row_stands(it, row, phases)) continue;
        *ret_is_solved = solve_phases(it, base, phases, false);
        if (!*ret_is_solved) return gw_ok();
        const double excess = excess_of(it, row);
        if (excess > GW_CHECK_EXCESS_LEAST)
            GW_TRY(gw_check_row_copy(it, row, phases, excess, reterr));
    }
    return gw_ok();
}

/* With unknown phases all on A, on B, on C, and the worst for each row. */
static gw_status solve_base(gw_check_rounds *it, size_t base, uint8_t *phases, bool *ret_is_solved,
                            gw_fault *reterr) {
    *ret_is_solved = solve_phases(it, base, NULL, true);
    for (size_t at = 0; at < it->row_count && *ret_is_solved; at++)
        if (it->rows[at].base == base) it->rows[at].excess = it->now[base][it->rows[at].limit];
    if (!*ret_is_solved || !it->study->has_unknown) return gw_ok();
    for (unsigned phase = 0; phase < GW_NET_PHASES && *ret_is_solved; phase++) {
        memset(phases, (int)phase, it->study->slot_count);
        *ret_is_solved = solve_phases(it, base, phases, false);
    }
    *ret_is_solved = *ret_is_solved && solve_rows(it, base);
    return turn_rows(it, base, phases, ret_is_solved, reterr);
}

gw_status gw_check_rounds_solve(gw_check_rounds *it, bool *ret_is_solved, gw_fault *reterr) {
    uint8_t *phases = NULL;
    GW_TRY(GW_ARENA_NEW(it->arena, uint8_t, it->study->slot_count, &phases, reterr));
    *ret_is_solved = true;
    it->residual = -__builtin_inf();
    for (size_t base = 0; base < base_count(it) && *ret_is_solved; base++) {
        GW_TRY(solve_base(it, base, phases, ret_is_solved, reterr));
        for (size_t limit = 0; limit < it->study->limit_count && *ret_is_solved; limit++)
            if (it->now[base][limit] > it->residual) it->residual = it->now[base][limit];
    }
    return gw_ok();
}

/* ---- cutting ---- */

/* What all cuts so far do to a row. */
static double done_by(const gw_check_rounds *it, const gw_check_row *row) {
    double done = 0;
    for (size_t at = 0; at < item_count(it); at++) {
        const uint32_t item = it->order[at];
        if (!it->is_barred[item])
            done += row->effect[at] * (it->requested_w[item] - it->accepted_w[item]);
    }
    return done;
}

/* Half a watt of what acts most on a row: less may be lost when amounts are floored. */
static double nudge_of(const gw_check_rounds *it, const gw_check_row *row) {
    double most = 0;
    for (size_t at = 0; at < item_count(it); at++)
        if (row->effect[at] > most) most = row->effect[at];
    return most / 2;
}

/* The gap that a rule has to close: what is done and what is still missing. */
static void tighten(gw_check_rounds *it) {
    const double strength = it->round_count > ROUNDS_USUAL ? 2 : 1;
    for (size_t at = 0; at < it->row_count; at++) {
        gw_check_row *row = &it->rows[at];
        const double excess = row->excess;
        const double before = row->gap;
        row->gap = done_by(it, row) + (excess > 0 ? strength * excess : excess) + guard;
        if (it->round_count > ROUNDS_LOOSE && before > row->gap) row->gap = before;
        const double more = before + excess + nudge_of(it, row);
        if (it->round_count > 1 && excess > 0 && row->gap < more) row->gap = more;
    }
}

typedef struct deal {
    gw_flow_curtailment question;
    double *effect;
    double *gap;
    double *requested_w;
    double *price;
    double *weight;
    uint32_t *arrival;
} deal;

static bool comes_before(const gw_check_rounds *it, uint32_t left, uint32_t right) {
    const gw_instant first = it->study->question->items[it->order[left]].accepted_at;
    const gw_instant second = it->study->question->items[it->order[right]].accepted_at;
    if (first.us != second.us) return first.us < second.us;
    return left < right;
}

/* Places in `order` by arrival: a heap sort, so that ten thousand items do not take a second. */
static void sift(const gw_check_rounds *it, uint32_t *heap, size_t count, size_t at) {
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && comes_before(it, heap[child], heap[child + 1])) child++;
        if (!comes_before(it, heap[at], heap[child])) return;
        const uint32_t kept = heap[at];
        heap[at] = heap[child];
        heap[child] = kept;
        at = child;
    }
}

static void sort_arrival(const gw_check_rounds *it, uint32_t *arrival) {
    const size_t count = item_count(it);
    for (size_t at = 0; at < count; at++) arrival[at] = (uint32_t)at;
    for (size_t at = count / 2; at > 0; at--) sift(it, arrival, count, at - 1);
    for (size_t left = count; left > 1; left--) {
        const uint32_t kept = arrival[0];
        arrival[0] = arrival[left - 1];
        arrival[left - 1] = kept;
        sift(it, arrival, left - 1, 0);
    }
}

static gw_status open_deal(const gw_check_rounds *it, deal *made, gw_fault *reterr) {
    const size_t count = item_count(it);
    const gw_flow_item *items = it->study->question->items;
    GW_TRY(GW_ARENA_NEW(it->arena, double, count *GW_CHECK_ROWS_MOST, &made->effect, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, GW_CHECK_ROWS_MOST, &made->gap, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &made->requested_w, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &made->price, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &made->weight, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, count, &made->arrival, reterr));
    sort_arrival(it, made->arrival);
    for (size_t at = 0; at < count; at++) {
        const gw_flow_item *item = &items[it->order[at]];
        made->price[at] = (double)item->price.micros_per_kwh;
        made->weight[at] = item->weight_ppm > 0 ? (double)item->weight_ppm / 1e6 : 1;
    }
    made->question = (gw_flow_curtailment){.rule = it->study->question->rule,
                                           .item_count = count,
                                           .effect = made->effect,
                                           .gap = made->gap,
                                           .requested_w = made->requested_w,
                                           .price = made->price,
                                           .weight = made->weight,
                                           .arrival = made->arrival};
    return gw_ok();
}

static void fill_deal(const gw_check_rounds *it, deal *made) {
    const size_t count = item_count(it);
    made->question.constraint_count = it->row_count;
    for (size_t at = 0; at < count; at++) {
        const uint32_t item = it->order[at];
        made->requested_w[at] = it->is_barred[item] ? 0 : it->requested_w[item];
    }
    for (size_t row = 0; row < it->row_count; row++) {
        made->gap[row] = it->rows[row].gap;
        memcpy(&made->effect[row * count], it->rows[row].effect, count * sizeof(double));
    }
}

static double floored(double watts) {
    const int64_t whole = (int64_t)(watts + 1e-6);
    return whole > 0 ? (double)whole : 0;
}

/* One cut by the rule; says by how much the furthest amount moved. */
static gw_status cut(gw_check_rounds *it, deal *made, double *ret_moved, gw_fault *reterr) {
    gw_flow_cut_set found;
    double moved = 0;
    tighten(it);
    fill_deal(it, made);
    GW_TRY(gw_flow_curtail(it->arena, &made->question, &found, reterr));
    for (size_t at = 0; at < item_count(it); at++) {
        const uint32_t item = it->order[at];
        const double left = floored(made->requested_w[at] - found.cut_w[at]);
        const double step = __builtin_fabs(left - it->accepted_w[item]);
        if (step > moved) moved = step;
        it->accepted_w[item] = left;
    }
    for (size_t row = 0; row < it->row_count; row++) it->rows[row].shadow = found.shadow[row];
    *ret_moved = moved;
    return gw_ok();
}

/* ---- the whole ---- */

/* Everything asked for, or as much of it as the network can carry at all. */
static gw_status find_start(gw_check_rounds *it, gw_fault *reterr) {
    bool is_solved = false;
    double low = 0;
    double high = 1;
    double share = 1;
    for (int left = HALVINGS; left > 0; left--) {
        for (size_t at = 0; at < item_count(it); at++)
            it->accepted_w[at] = floored(share * it->requested_w[at]);
        GW_TRY(gw_check_rounds_solve(it, &is_solved, reterr));
        if (is_solved && (share >= 1 || it->residual > GW_CHECK_EXCESS_LEAST)) return gw_ok();
        *(is_solved ? &low : &high) = share;
        share = low + (high - low) / 2;
    }
    if (is_solved) return gw_ok();
    for (size_t at = 0; at < item_count(it); at++)
        it->accepted_w[at] = floored(low * it->requested_w[at]);
    return gw_check_rounds_solve(it, &is_solved, reterr);
}

static double still_of(const gw_check_rounds *it) {
    double most = 0;
    for (size_t at = 0; at < item_count(it); at++)
        if (it->requested_w[at] > most) most = it->requested_w[at];
    return most * 1e-6 > 1 ? most * 1e-6 : 1;
}

/* Beyond what the network can carry: all gaps count twice. */
static void widen(gw_check_rounds *it) {
    for (size_t at = 0; at < it->row_count; at++) {
        gw_check_row *row = &it->rows[at];
        row->excess = row->excess > 0 ? row->excess : __builtin_fabs(row->gap);
    }
}

static bool is_done(const gw_check_rounds *it, double moved) {
    return it->residual <= GW_CHECK_EXCESS_LEAST &&
           (moved <= still_of(it) || it->round_count >= ROUNDS_USUAL);
}

static gw_status run_rounds(gw_check_rounds *it, const double *standing_w, gw_fault *reterr) {
    deal made = {.effect = NULL};
    double moved = __builtin_inf();
    GW_TRY(open_deal(it, &made, reterr));
    while (it->round_count < GW_CHECK_ROUNDS_MOST && !is_done(it, moved)) {
        bool is_barred = false;
        bool is_solved = true;
        GW_TRY(gw_check_rows_add(it, standing_w, &is_barred, reterr));
        if (it->row_count == 0) return gw_ok();
        if (is_barred) GW_TRY(gw_check_rounds_solve(it, &is_solved, reterr));
        GW_TRY(cut(it, &made, &moved, reterr));
        GW_TRY(gw_check_rounds_solve(it, &is_solved, reterr));
        if (!is_solved) widen(it);
        it->round_count++;
    }
    return gw_ok();
}

/* When the rounds did not settle: nothing of what worsens any limit that took part; and if even
 * that breaks one, nothing that changes anything. */
static gw_status fall_back(gw_check_rounds *it, gw_fault *reterr) {
    bool is_solved = false;
    for (size_t at = 0; at < item_count(it); at++)
        for (size_t row = 0; row < it->row_count; row++)
            if (it->rows[row].effect[at] > 0) it->accepted_w[it->order[at]] = 0;
    GW_TRY(gw_check_rounds_solve(it, &is_solved, reterr));
    if (is_solved && it->residual <= GW_CHECK_EXCESS_LEAST) return gw_ok();
    for (size_t at = 0; at < item_count(it); at++)
        if (!gw_check_study_is_idle(it->study, at)) it->accepted_w[at] = 0;
    return gw_check_rounds_solve(it, &is_solved, reterr);
}

static bool is_naive(gw_flow_rule rule) {
    return rule == GW_FLOW_RULE_PRO_RATA_ALL || rule == GW_FLOW_RULE_LAST_COME_ALL;
}

/* Again without those who were cut for nothing; when that does not settle it stays as it was. */
static gw_status spare_items(gw_check_rounds *it, const double *standing_w, gw_fault *reterr) {
    const size_t bytes = item_count(it) * sizeof(double);
    const int64_t before = it->round_count;
    double *kept_w = NULL;
    bool is_new = false;
    if (is_naive(it->study->question->rule)) return gw_ok();
    GW_TRY(GW_ARENA_NEW(it->arena, double, item_count(it), &kept_w, reterr));
    for (int pass = 0; pass < SPARING_PASSES; pass++) {
        GW_TRY(gw_check_rows_spare(it, &is_new, reterr));
        if (!is_new) return gw_ok();
        memcpy(kept_w, it->accepted_w, bytes);
        it->round_count = 1;
        GW_TRY(run_rounds(it, standing_w, reterr));
        it->round_count += before;
        if (it->residual <= GW_CHECK_EXCESS_LEAST) continue;
        memcpy(it->accepted_w, kept_w, bytes);
        return gw_check_rounds_solve(it, &is_new, reterr);
    }
    return gw_ok();
}

gw_status gw_check_rounds_run(gw_arena *arena, gw_check_study *study, gw_check_rounds *ret,
                              gw_fault *reterr) {
    gw_check_rounds it;
    double *standing_w = NULL;
    GW_TRY(gw_check_rounds_open(arena, study, &it, reterr));
    GW_TRY(find_start(&it, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, item_count(&it), &standing_w, reterr));
    memcpy(standing_w, it.accepted_w, item_count(&it) * sizeof *standing_w);
    for (size_t base = 0; base < base_count(&it); base++)
        memcpy(it.requested[base], it.value[base], study->limit_count * sizeof(double));
    GW_TRY(run_rounds(&it, standing_w, reterr));
    if (it.residual <= GW_CHECK_EXCESS_LEAST) GW_TRY(spare_items(&it, standing_w, reterr));
    if (it.residual > GW_CHECK_EXCESS_LEAST) GW_TRY(fall_back(&it, reterr));
    *ret = it;
    return gw_ok();
}
