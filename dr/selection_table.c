/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/selection_table.h"

#include "base/wide.h"

static const int64_t POWER_LIMIT_W = INT64_C(1000000000000); /* 1 TW: keeps every sum in 64 bits */

static gw_status refuse(size_t bid, const char *why, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "bid %zu: %s", bid, why);
}

static gw_status check_bid(const gw_selection_question *question, size_t at, gw_fault *reterr) {
    const gw_bid *bid = &question->bids[at];
    if (bid->min_activation_pct < 1 || bid->min_activation_pct > 100)
        return refuse(at, "its minimum activation is not 1 to 100 percent", reterr);
    if (bid->price.micros_per_kwh < 0) return refuse(at, "its price is negative", reterr);
    for (size_t t = 0; t < question->interval_count; t++)
        if (bid->power[t].w < 0 || bid->power[t].w > POWER_LIMIT_W)
            return refuse(at, "a power is negative or above 1 TW", reterr);
    for (size_t other = 0; other < at; other++)
        if (gw_text_equal(bid->group, question->bids[other].group))
            return refuse(at, "another bid has the same group", reterr);
    return gw_ok();
}

static gw_status check_limit(const gw_selection_question *question, size_t at, gw_fault *reterr) {
    const gw_selection_limit *limit = &question->limits[at];
    if (limit->interval_index >= question->interval_count)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "limit %zu has no such interval", at);
    if (limit->required.w < -POWER_LIMIT_W || limit->required.w > POWER_LIMIT_W)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "limit %zu requires above 1 TW", at);
    for (size_t bid = 0; bid < question->bid_count; bid++)
        if (limit->effect_ppm[bid] > GW_SELECTION_EFFECT_MOST_PPM ||
            limit->effect_ppm[bid] < -GW_SELECTION_EFFECT_MOST_PPM)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "limit %zu: the effect of bid %zu is above %d ppm", at, bid,
                                GW_SELECTION_EFFECT_MOST_PPM);
    return gw_ok();
}

static gw_status check_question(const gw_selection_question *question, gw_fault *reterr) {
    if (question->bid_count > GW_SELECTION_MAX_BIDS ||
        question->interval_count > GW_SELECTION_MAX_INTERVALS ||
        question->limit_count > GW_SELECTION_MAX_LIMITS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                            "a selection has at most %d bids, %d intervals and %d limits",
                            GW_SELECTION_MAX_BIDS, GW_SELECTION_MAX_INTERVALS,
                            GW_SELECTION_MAX_LIMITS);
    if (question->interval_count == 0 || question->interval.us <= 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "a selection needs intervals");
    for (size_t t = 0; t < question->interval_count; t++)
        if (question->need[t].w < 0 || question->need[t].w > POWER_LIMIT_W)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "the need of interval %zu is negative or above 1 TW", t);
    for (size_t at = 0; at < question->bid_count; at++) GW_TRY(check_bid(question, at, reterr));
    for (size_t at = 0; at < question->limit_count; at++) GW_TRY(check_limit(question, at, reterr));
    return gw_ok();
}

/* What the awards of one bid give to the limits, behind what they give to the needs. */
static void fill_limits(const gw_selection_question *question, size_t bid, int64_t *gives_w) {
    for (size_t at = 0; at < question->limit_count; at++) {
        const gw_selection_limit *limit = &question->limits[at];
        const gw_wide given =
            gw_wide_multiply(limit->effect_ppm[bid], gives_w[limit->interval_index]);
        gives_w[question->interval_count + at] = (int64_t)gw_wide_floor(given, 1000000);
    }
}

static gw_status add_option(gw_arena *arena, const gw_selection_question *question, size_t at,
                            int percent, gw_selection_row *row, gw_fault *reterr) {
    const gw_bid *bid = &question->bids[at];
    int64_t *gives_w = NULL;
    gw_money cost = {0};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, question->interval_count + question->limit_count, &gives_w,
                        reterr));
    for (size_t t = 0; t < question->interval_count; t++) {
        const gw_power awarded = gw_power_percent(bid->power[t], percent);
        gw_energy energy = {0};
        gw_money amount = {0};
        GW_TRY(gw_energy_from_power(awarded, question->interval, &energy, reterr));
        GW_TRY(gw_money_from_energy(energy, bid->price, &amount, reterr));
        GW_TRY(gw_money_add(cost, amount, &cost, reterr));
        gives_w[t] = awarded.w;
    }
    fill_limits(question, at, gives_w);
    row->options[row->option_count++] = (gw_selection_option){percent, cost.micros, gives_w};
    return gw_ok();
}

static gw_status fill_row(gw_arena *arena, const gw_selection_question *question, size_t at,
                          gw_selection_row *row, gw_fault *reterr) {
    const gw_bid *bid = &question->bids[at];
    GW_TRY(add_option(arena, question, at, 0, row, reterr));
    const int64_t limit = question->max_price.micros_per_kwh;
    if (limit > 0 && bid->price.micros_per_kwh > limit) return gw_ok();
    for (int percent = bid->min_activation_pct; percent <= 100; percent++)
        GW_TRY(add_option(arena, question, at, percent, row, reterr));
    return gw_ok();
}

/* The search adds costs without asking: all bids together must fit. */
static gw_status check_total(const gw_selection_table *table, gw_fault *reterr) {
    gw_money total = {0};
    for (size_t at = 0; at < table->row_count; at++) {
        const gw_selection_row *row = &table->rows[at];
        const gw_money full = {row->options[row->option_count - 1].cost_micros};
        GW_TRY(gw_money_add(total, full, &total, reterr));
    }
    return gw_ok();
}

static void fill_wanted(const gw_selection_question *question, gw_selection_table *table) {
    for (size_t t = 0; t < question->interval_count; t++) table->wanted_w[t] = question->need[t].w;
    for (size_t at = 0; at < question->limit_count; at++)
        table->wanted_w[question->interval_count + at] = question->limits[at].required.w;
}

static bool is_monotone(const gw_selection_table *table) {
    for (size_t at = 0; at < table->row_count; at++) {
        const gw_selection_row *row = &table->rows[at];
        for (size_t demand = 0; demand < table->demand_count; demand++)
            if (row->options[row->option_count - 1].gives_w[demand] < 0) return false;
    }
    return true;
}

void gw_selection_table_lower(gw_selection_table *table, gw_selection_lowering how) {
    for (size_t demand = 0; demand < table->demand_count; demand++) {
        int64_t most_w = 0;
        for (size_t at = 0; at < table->row_count; at++) {
            const gw_selection_row *row = &table->rows[at];
            const int64_t full_w = row->options[row->option_count - 1].gives_w[demand];
            if (full_w > 0 || how == GW_SELECTION_TOGETHER) most_w += full_w;
        }
        const int64_t wanted_w = table->wanted_w[demand];
        table->required_w[demand] = wanted_w < most_w ? wanted_w : most_w;
    }
}

gw_status gw_selection_table_make(gw_arena *arena, const gw_selection_question *question,
                                  gw_selection_table *ret, gw_fault *reterr) {
    gw_selection_table table = {.row_count = question->bid_count,
                                .demand_count = question->interval_count + question->limit_count};
    GW_TRY(check_question(question, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_selection_row, table.row_count, &table.rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table.demand_count, &table.wanted_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table.demand_count, &table.required_w, reterr));
    for (size_t at = 0; at < question->bid_count; at++)
        GW_TRY(fill_row(arena, question, at, &table.rows[at], reterr));
    GW_TRY(check_total(&table, reterr));
    fill_wanted(question, &table);
    table.is_monotone = is_monotone(&table);
    gw_selection_table_lower(&table, GW_SELECTION_EACH);
    *ret = table;
    return gw_ok();
}
