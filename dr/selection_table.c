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

static gw_status check_question(const gw_selection_question *question, gw_fault *reterr) {
    if (question->bid_count > GW_SELECTION_MAX_BIDS ||
        question->interval_count > GW_SELECTION_MAX_INTERVALS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL,
                            "a selection has at most %d bids and %d intervals",
                            GW_SELECTION_MAX_BIDS, GW_SELECTION_MAX_INTERVALS);
    if (question->interval_count == 0 || question->interval.us <= 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "a selection needs intervals");
    for (size_t t = 0; t < question->interval_count; t++)
        if (question->need[t].w < 0 || question->need[t].w > POWER_LIMIT_W)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "the need of interval %zu is negative or above 1 TW", t);
    for (size_t at = 0; at < question->bid_count; at++) GW_TRY(check_bid(question, at, reterr));
    return gw_ok();
}

static gw_status add_option(gw_arena *arena, const gw_selection_question *question,
                            const gw_bid *bid, int percent, gw_selection_row *row,
                            gw_fault *reterr) {
    int64_t *power_w = NULL;
    gw_money cost = {0};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, question->interval_count, &power_w, reterr));
    for (size_t t = 0; t < question->interval_count; t++) {
        const gw_power awarded = gw_power_percent(bid->power[t], percent);
        gw_energy energy = {0};
        gw_money amount = {0};
        GW_TRY(gw_energy_from_power(awarded, question->interval, &energy, reterr));
        GW_TRY(gw_money_from_energy(energy, bid->price, &amount, reterr));
        GW_TRY(gw_money_add(cost, amount, &cost, reterr));
        power_w[t] = awarded.w;
    }
    row->options[row->option_count++] = (gw_selection_option){percent, cost.micros, power_w};
    return gw_ok();
}

static gw_status fill_row(gw_arena *arena, const gw_selection_question *question, const gw_bid *bid,
                          gw_selection_row *row, gw_fault *reterr) {
    GW_TRY(add_option(arena, question, bid, 0, row, reterr));
    const int64_t limit = question->max_price.micros_per_kwh;
    if (limit > 0 && bid->price.micros_per_kwh > limit) return gw_ok();
    for (int percent = bid->min_activation_pct; percent <= 100; percent++)
        GW_TRY(add_option(arena, question, bid, percent, row, reterr));
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

static void fill_requirement(const gw_selection_question *question, gw_selection_table *table) {
    for (size_t t = 0; t < question->interval_count; t++) {
        int64_t all_w = 0;
        for (size_t at = 0; at < table->row_count; at++) {
            const gw_selection_row *row = &table->rows[at];
            all_w += row->options[row->option_count - 1].power_w[t];
        }
        const int64_t wanted_w = gw_selection_requirement(question, t).w;
        table->required_w[t] = wanted_w < all_w ? wanted_w : all_w;
        table->shortage[t] = (gw_power){wanted_w - table->required_w[t]};
        if (table->shortage[t].w > 0) table->is_short = true;
    }
}

gw_power gw_selection_requirement(const gw_selection_question *question, size_t interval_index) {
    const gw_power need = question->need[interval_index];
    if (question->forecast == NULL) return need;
    const gw_wide over = (gw_wide)question->forecast[interval_index].w - question->rating.w;
    return over > need.w ? (gw_power){over > INT64_MAX ? INT64_MAX : (int64_t)over} : need;
}

gw_status gw_selection_table_make(gw_arena *arena, const gw_selection_question *question,
                                  gw_selection_table *ret, gw_fault *reterr) {
    gw_selection_table table = {.row_count = question->bid_count,
                                .interval_count = question->interval_count};
    GW_TRY(check_question(question, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_selection_row, table.row_count, &table.rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, table.interval_count, &table.required_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_power, table.interval_count, &table.shortage, reterr));
    for (size_t at = 0; at < question->bid_count; at++)
        GW_TRY(fill_row(arena, question, &question->bids[at], &table.rows[at], reterr));
    GW_TRY(check_total(&table, reterr));
    fill_requirement(question, &table);
    *ret = table;
    return gw_ok();
}
