/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_row.h"

#include "grid/flow_effect.h"

#include <string.h>

/* An item that does less than this to a limit which its base breaks is not blamed for it. */
static const double blame_least = 1e-6;
static const double step_least_w = 100;
static const double faint = 0.03;
/* A limit that is further away did not cut anything. */
static const double near = 1e-4;

enum {
    EFFECTS_MOST = 4000000,
    NEAREST = 16, /* limits of a base that are followed when phases are unknown */
    GROUPS = GW_LIMIT_KINDS * (GW_NET_PHASES + 1) /* kinds and phases of limits */
};

static size_t item_count(const gw_check_rounds *it) { return it->study->question->item_count; }
static size_t base_count(const gw_check_rounds *it) { return it->study->question->base_count; }

static bool has_row(const gw_check_rounds *it, size_t base, size_t limit) {
    for (size_t at = 0; at < it->row_count; at++)
        if (it->rows[at].base == base && it->rows[at].limit == limit) return true;
    return false;
}

static gw_status add_row(gw_check_rounds *it, size_t base, size_t limit, gw_fault *reterr) {
    const size_t slots = it->study->slot_count;
    if (it->row_count == GW_CHECK_ROWS_MOST) return gw_ok(); /* the last resort will do */
    gw_check_row made = {.base = (uint32_t)base, .limit = (uint32_t)limit};
    made.is_broken = gw_check_study_is_broken(it->study, base, limit);
    GW_TRY(GW_ARENA_NEW(it->arena, double, item_count(it), &made.effect, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, slots *GW_CHECK_SLOT_VALUES, &made.by_slot, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint8_t, slots, &made.phases, reterr));
    it->rows[it->row_count++] = made;
    return gw_ok();
}

/* The limit with the largest excess among those of a kind and phase that are no rows yet. */
static bool find_worst(const gw_check_rounds *it, size_t base, unsigned group, size_t *ret) {
    const gw_flow_limits *limits = &it->study->limits[base];
    double worst = GW_CHECK_EXCESS_LEAST;
    bool is_found = false;
    for (size_t at = 0; at < limits->count; at++) {
        const unsigned own =
            (unsigned)limits->at[at].kind * (GW_NET_PHASES + 1) + limits->at[at].phase;
        if (own != group || it->now[base][at] <= worst || has_row(it, base, at)) continue;
        worst = it->now[base][at];
        *ret = at;
        is_found = true;
    }
    return is_found;
}

static gw_status add_breaking(gw_check_rounds *it, size_t base, gw_fault *reterr) {
    size_t limit = 0;
    for (unsigned group = 0; group < GROUPS; group++)
        if (find_worst(it, base, group, &limit)) GW_TRY(add_row(it, base, limit, reterr));
    return gw_ok();
}

/* ---- effects ---- */

/* Every place at which items stand, slot by slot. */
static gw_status list_places(const gw_check_rounds *it, uint32_t **ret, size_t *ret_count,
                             gw_fault *reterr) {
    const gw_check_study *study = it->study;
    size_t count = 0;
    GW_TRY(
        GW_ARENA_NEW(it->arena, uint32_t, study->slot_count * GW_CHECK_SLOT_VALUES, ret, reterr));
    for (size_t slot = 0; slot < study->slot_count; slot++) {
        const uint32_t places = study->slots[slot].is_unknown ? GW_NET_PHASES : 1;
        for (uint32_t phase = 0; phase < places; phase++)
            (*ret)[count++] = study->slots[slot].first + phase;
    }
    *ret_count = count;
    return gw_ok();
}

static void keep_effects(const gw_check_rounds *it, const gw_flow_effects *found, size_t limit,
                         gw_check_row *row) {
    const gw_check_study *study = it->study;
    size_t place = 0;
    for (size_t slot = 0; slot < study->slot_count; slot++) {
        for (size_t phase = 0; phase < GW_CHECK_SLOT_VALUES; phase++) {
            const size_t at = study->slots[slot].is_unknown ? place + phase : place;
            row->by_slot[slot * GW_CHECK_SLOT_VALUES + phase] =
                found->at[at * found->limit_count + limit].high;
        }
        place += study->slots[slot].is_unknown ? GW_CHECK_SLOT_VALUES : 1;
    }
}

/* What acts by less than three hundredths of the strongest does not act: it is the losses of others
 * that a trade in the other direction saves, and nobody could understand being cut for that. */
static void drop_faint(const gw_check_rounds *it, gw_check_row *row) {
    double most = 0;
    for (size_t at = 0; at < item_count(it); at++)
        if (row->effect[at] > most) most = row->effect[at];
    for (size_t at = 0; at < item_count(it); at++)
        if (row->effect[at] > 0 && (row->effect[at] < most * faint || it->is_spared[it->order[at]]))
            row->effect[at] = 0;
}

static void join_effects(const gw_check_rounds *it, gw_check_row *row) {
    const gw_check_study *study = it->study;
    for (size_t at = 0; at < item_count(it); at++) {
        const uint32_t seller = study->seller[it->order[at]];
        const uint32_t buyer = study->buyer[it->order[at]];
        double effect = 0;
        if (seller != GW_FLOW_OUTSIDE)
            effect -= row->by_slot[seller * GW_CHECK_SLOT_VALUES + row->phases[seller]];
        if (buyer != GW_FLOW_OUTSIDE)
            effect += row->by_slot[buyer * GW_CHECK_SLOT_VALUES + row->phases[buyer]];
        row->effect[at] = effect;
    }
    drop_faint(it, row);
}

void gw_check_row_turn(const gw_check_rounds *rounds, const gw_check_row *row,
                       uint8_t *ret_phases) {
    for (size_t slot = 0; slot < rounds->study->slot_count; slot++) {
        const double *effect = &row->by_slot[slot * GW_CHECK_SLOT_VALUES];
        uint8_t worst = 0;
        for (unsigned phase = 1; phase < GW_NET_PHASES; phase++)
            if ((effect[phase] - effect[worst]) * rounds->study->change_w[slot] > 0)
                worst = (uint8_t)phase;
        ret_phases[slot] = worst;
    }
}

bool gw_check_row_stands(const gw_check_rounds *rounds, const gw_check_row *like,
                         const uint8_t *phases) {
    for (size_t at = 0; at < rounds->row_count; at++) {
        const gw_check_row *row = &rounds->rows[at];
        if (row->base == like->base && row->limit == like->limit &&
            memcmp(row->phases, phases, rounds->study->slot_count) == 0)
            return true;
    }
    return false;
}

/* The place for one more row: when there is no room, that of the row that is furthest from its
 * limit and cuts nothing. */
static gw_check_row *place_for(gw_check_rounds *it) {
    gw_check_row *slackest = NULL;
    if (it->row_count < GW_CHECK_ROWS_MOST) return &it->rows[it->row_count++];
    for (size_t at = 0; at < it->row_count; at++) {
        gw_check_row *row = &it->rows[at];
        if (row->is_broken || row->shadow > 0 || row->excess >= 0) continue;
        if (slackest == NULL || row->excess < slackest->excess) slackest = row;
    }
    return slackest;
}

gw_status gw_check_row_copy(gw_check_rounds *rounds, const gw_check_row *like,
                            const uint8_t *phases, double excess, gw_fault *reterr) {
    const size_t slots = rounds->study->slot_count;
    gw_check_row made = *like;
    gw_check_row *place = place_for(rounds);
    if (place == NULL) return gw_ok(); /* the last resort will do */
    GW_TRY(GW_ARENA_NEW(rounds->arena, double, item_count(rounds), &made.effect, reterr));
    GW_TRY(GW_ARENA_NEW(rounds->arena, uint8_t, slots, &made.phases, reterr));
    memcpy(made.phases, phases, slots);
    made.excess = excess;
    made.gap = made.shadow = 0;
    join_effects(rounds, &made);
    *place = made;
    return gw_ok();
}

static gw_power step_of(const gw_check_rounds *it) {
    double most = 0;
    for (size_t at = 0; at < item_count(it); at++)
        if (it->requested_w[at] > most) most = it->requested_w[at];
    const double step = most / 256 > step_least_w ? most / 256 : step_least_w;
    return (gw_power){(int64_t)step};
}

static gw_flow_question question_of(const gw_check_rounds *it) {
    return (gw_flow_question){.net = &it->study->run->net,
                              .step = step_of(it),
                              .difference = GW_FLOW_MORE,
                              /* who verifies starts flat, and takes no fast path here either */
                              .lanes = it->start == GW_FLOW_FLAT ? GW_FLOW_LANES_NONE
                                                                 : GW_FLOW_LANES_BEST};
}

/* Effects of all rows of a base from `from` on, where `standing_w` is put in. */
static gw_status find_effects(gw_check_rounds *it, size_t base, size_t from,
                              const double *standing_w, gw_fault *reterr) {
    gw_flow_question question = question_of(it);
    gw_flow_effects found;
    uint32_t *places = NULL;
    GW_TRY(list_places(it, &places, &question.point_count, reterr));
    question.points = places;
    GW_TRY(
        GW_ARENA_NEW(it->arena, gw_flow_limit, it->row_count - from, &question.limits.at, reterr));
    for (size_t at = from; at < it->row_count; at++)
        if (it->rows[at].base == base)
            question.limits.at[question.limits.count++] =
                it->study->limits[base].at[it->rows[at].limit];
    if (question.limits.count == 0) return gw_ok();
    gw_check_study_put(it->study, base, standing_w, NULL);
    GW_TRY(gw_flow_effects_find(it->arena, &question, &found, reterr));
    size_t limit = 0;
    for (size_t at = from; at < it->row_count; at++) {
        if (it->rows[at].base != base) continue;
        keep_effects(it, &found, limit++, &it->rows[at]);
        gw_check_row_turn(it, &it->rows[at], it->rows[at].phases);
        join_effects(it, &it->rows[at]);
        it->rows[at].excess = it->now[base][it->rows[at].limit];
    }
    return gw_ok();
}

/* ---- unknown phases ---- */

/* How much the worst phases add to an even spread, for one limit. */
static double spread_short(const gw_check_rounds *it, const gw_flow_effects *found, size_t limit) {
    const gw_check_study *study = it->study;
    double more = 0;
    size_t place = 0;
    for (size_t slot = 0; slot < study->slot_count; slot++) {
        double worst = 0;
        double mean = 0;
        const size_t places = study->slots[slot].is_unknown ? GW_NET_PHASES : 1;
        for (size_t phase = 0; phase < places; phase++) {
            const double effect = found->at[(place + phase) * found->limit_count + limit].high *
                                  study->change_w[slot];
            if (phase == 0 || effect > worst) worst = effect;
            mean += effect / (double)places;
        }
        more += worst - mean;
        place += places;
    }
    return more;
}

/* Excess of every limit with its own worst phases, in a straight line from an even spread; what was
 * solved so far where that would take too much memory. */
static gw_status estimate(const gw_check_rounds *it, size_t base, const double *standing_w,
                          double **ret, gw_fault *reterr) {
    gw_flow_question question = question_of(it);
    gw_flow_effects found;
    uint32_t *places = NULL;
    GW_TRY(list_places(it, &places, &question.point_count, reterr));
    *ret = it->now[base];
    if (question.point_count * it->study->limit_count > EFFECTS_MOST) return gw_ok();
    question.points = places;
    question.limits = it->study->limits[base];
    gw_check_study_put(it->study, base, standing_w, NULL);
    GW_TRY(gw_flow_effects_find(it->arena, &question, &found, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, it->study->limit_count, ret, reterr));
    for (size_t limit = 0; limit < it->study->limit_count; limit++)
        (*ret)[limit] = gw_check_study_excess_of(it->study, base, limit, found.values[limit]) +
                        spread_short(it, &found, limit);
    return gw_ok();
}

/* The nearest limits are followed although they hold so far. */
static gw_status add_nearest(gw_check_rounds *it, size_t base, const double *standing_w,
                             gw_fault *reterr) {
    double *excess = NULL;
    GW_TRY(estimate(it, base, standing_w, &excess, reterr));
    for (int left = NEAREST; left > 0; left--) {
        size_t nearest = SIZE_MAX;
        for (size_t at = 0; at < it->study->limit_count; at++) {
            if (nearest != SIZE_MAX && excess[at] <= excess[nearest]) continue;
            if (!has_row(it, base, at)) nearest = at;
        }
        if (nearest != SIZE_MAX) GW_TRY(add_row(it, base, nearest, reterr));
    }
    return gw_ok();
}

/* True when an item was barred that was not before. */
static bool bar_items(gw_check_rounds *it, const gw_check_row *row) {
    bool is_new = false;
    for (size_t at = 0; at < item_count(it); at++) {
        const uint32_t item = it->order[at];
        const bool worsens = row->effect[at] * it->requested_w[item] > blame_least;
        if (!row->is_broken || !worsens || it->is_barred[item]) continue;
        it->is_barred[item] = true;
        it->accepted_w[item] = 0;
        is_new = true;
    }
    return is_new;
}

gw_status gw_check_rows_add(gw_check_rounds *it, const double *standing_w, bool *ret_is_barred,
                            gw_fault *reterr) {
    const size_t from = it->row_count;
    *ret_is_barred = false;
    for (size_t base = 0; base < base_count(it); base++) {
        GW_TRY(add_breaking(it, base, reterr));
        if (it->study->has_unknown && it->round_count == 0)
            GW_TRY(add_nearest(it, base, standing_w, reterr));
    }
    for (size_t base = 0; base < base_count(it) && it->row_count > from; base++)
        GW_TRY(find_effects(it, base, from, standing_w, reterr));
    for (size_t at = from; at < it->row_count; at++)
        *ret_is_barred = bar_items(it, &it->rows[at]) || *ret_is_barred;
    return gw_ok();
}

/* ---- sparing ---- */

static bool is_cut_for(const gw_check_rounds *it, size_t at) {
    for (size_t row = 0; row < it->row_count; row++)
        if (it->rows[row].excess > -near && it->rows[row].effect[at] > 0) return true;
    return false;
}

static void spare(gw_check_rounds *it, size_t at) {
    it->is_spared[it->order[at]] = true;
    for (size_t row = 0; row < it->row_count; row++)
        if (it->rows[row].effect[at] > 0) it->rows[row].effect[at] = 0;
}

/* The rows with room of their own for effects. */
static gw_status copy_rows(const gw_check_rounds *it, gw_check_row **ret, gw_fault *reterr) {
    const size_t slots = it->study->slot_count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_check_row, it->row_count, ret, reterr));
    for (size_t at = 0; at < it->row_count; at++) {
        gw_check_row *row = &(*ret)[at];
        *row = it->rows[at];
        GW_TRY(GW_ARENA_NEW(it->arena, double, item_count(it), &row->effect, reterr));
        GW_TRY(GW_ARENA_NEW(it->arena, double, slots *GW_CHECK_SLOT_VALUES, &row->by_slot, reterr));
        GW_TRY(GW_ARENA_NEW(it->arena, uint8_t, slots, &row->phases, reterr));
    }
    return gw_ok();
}

gw_status gw_check_rows_spare(gw_check_rounds *rounds, bool *ret_is_new, gw_fault *reterr) {
    gw_check_rounds there = *rounds;
    *ret_is_new = false;
    if (rounds->study->has_unknown || rounds->row_count == 0) return gw_ok();
    GW_TRY(copy_rows(rounds, &there.rows, reterr));
    for (size_t base = 0; base < base_count(rounds); base++)
        GW_TRY(find_effects(&there, base, 0, rounds->accepted_w, reterr));
    for (size_t at = 0; at < item_count(rounds); at++) {
        const uint32_t item = rounds->order[at];
        const bool is_cut = rounds->accepted_w[item] < rounds->requested_w[item];
        if (!is_cut || rounds->is_barred[item] || rounds->is_spared[item] || is_cut_for(&there, at))
            continue;
        spare(rounds, at);
        *ret_is_new = true;
    }
    return gw_ok();
}
