/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection_bound.h"

#include <string.h>

enum { HALVE_AFTER = 12 }; /* steps without a better bound before the step length is halved */

static const int64_t PRICE_LIMIT = INT64_C(1) << 55; /* far above any price that helps */

typedef struct ascent {
    const gw_selection_table *table;
    int64_t *price;
    int64_t *missing_w; /* per demand: requirement less what the best options give */
    gw_wide bound;
} ascent;

static gw_wide reduced_cost(const gw_selection_option *option, const int64_t *price,
                            size_t demand_count) {
    gw_wide reduced = gw_wide_multiply(option->cost_micros, GW_BOUND_SCALE);
    for (size_t t = 0; t < demand_count; t++)
        reduced -= gw_wide_multiply(price[t], option->gives_w[t]);
    return reduced;
}

/* Cost and power are linear in the percent up to rounding, so the least lies at one of the ends. */
static const gw_selection_option *best_end(const gw_selection_row *row, const int64_t *price,
                                           size_t demand_count, gw_wide *ret) {
    const gw_selection_option *full = &row->options[row->option_count - 1];
    *ret = reduced_cost(full, price, demand_count);
    if (*ret < 0) return full;
    *ret = 0;
    return &row->options[0];
}

static void evaluate(ascent *at) {
    const gw_selection_table *table = at->table;
    at->bound = 0;
    for (size_t t = 0; t < table->demand_count; t++) {
        at->bound += gw_wide_multiply(at->price[t], table->required_w[t]);
        at->missing_w[t] = table->required_w[t];
    }
    for (size_t bid = 0; bid < table->row_count; bid++) {
        gw_wide least = 0;
        const gw_selection_option *chosen =
            best_end(&table->rows[bid], at->price, table->demand_count, &least);
        at->bound += least;
        for (size_t t = 0; t < table->demand_count; t++) at->missing_w[t] -= chosen->gives_w[t];
    }
}

/* One step along the missing power; false when nothing is missing or too much anywhere. */
static bool step(ascent *at, gw_wide gap, int halvings) {
    gw_wide square = 0;
    for (size_t t = 0; t < at->table->demand_count; t++)
        square += gw_wide_multiply(at->missing_w[t], at->missing_w[t]);
    const gw_wide divisor = square << halvings;
    if (divisor <= 0) return false;
    for (size_t t = 0; t < at->table->demand_count; t++) {
        gw_wide moved = 0;
        if (__builtin_mul_overflow(gap, (gw_wide)at->missing_w[t], &moved)) return false;
        gw_wide price = at->price[t] + moved / divisor;
        if (price < 0) price = 0;
        if (price > PRICE_LIMIT) price = PRICE_LIMIT;
        at->price[t] = (int64_t)price;
    }
    return true;
}

static void climb(ascent *at, int64_t known_cost, int64_t *best_price) {
    const size_t size = at->table->demand_count * sizeof *best_price;
    const gw_wide target = gw_wide_multiply(known_cost, GW_BOUND_SCALE);
    gw_wide best = -1;
    int halvings = 0;
    int idle = 0;
    for (int count = 0; count < GW_BOUND_STEPS; count++) {
        evaluate(at);
        if (at->bound > best) {
            best = at->bound;
            memcpy(best_price, at->price, size);
            idle = 0;
        } else if (++idle == HALVE_AFTER) {
            halvings++;
            idle = 0;
            memcpy(at->price, best_price, size);
            evaluate(at);
        }
        if (halvings > 16 || target <= at->bound || !step(at, target - at->bound, halvings)) return;
    }
}

static void reduce(const gw_selection_table *table, gw_selection_bound *bound) {
    for (size_t t = 0; t < table->demand_count; t++)
        bound->required += gw_wide_multiply(bound->price[t], table->required_w[t]);
    for (size_t bid = 0; bid < table->row_count; bid++) {
        const gw_selection_row *row = &table->rows[bid];
        for (size_t at = 0; at < row->option_count; at++) {
            const gw_wide reduced =
                reduced_cost(&row->options[at], bound->price, table->demand_count);
            bound->reduced[bid][at] = reduced;
            if (at == 0 || reduced < bound->least[bid]) bound->least[bid] = reduced;
        }
    }
}

gw_status gw_selection_bound_make(gw_arena *arena, const gw_selection_table *table,
                                  int64_t known_cost, gw_selection_bound *ret, gw_fault *reterr) {
    ascent at = {.table = table};
    gw_selection_bound bound = {0};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table->demand_count, &at.price, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table->demand_count, &at.missing_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table->demand_count, &bound.price, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_wide, table->row_count, &bound.least, reterr));
    GW_TRY(gw_arena_take(arena, sizeof *bound.reduced, table->row_count, (void **)&bound.reduced,
                         reterr));
    climb(&at, known_cost, bound.price);
    reduce(table, &bound);
    *ret = bound;
    return gw_ok();
}
