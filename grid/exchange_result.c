/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_result.h"

#include "base/wide.h"
#include "grid/exchange_inside.h"
#include "grid/exchange_round.h"

enum { MILLI = 1000 };

typedef struct interval_work {
    const gw_exchange *exchange;
    const int64_t *limits; /* milliwatt, by tie */
    const int64_t *least;  /* milliwatt, by member; NULL: none */
    const int64_t *most;
    int64_t *flows;  /* by tie */
    int64_t *offers; /* by member */
} interval_work;

static gw_status open_work(gw_arena *arena, const gw_exchange *exchange, interval_work *ret,
                           gw_fault *reterr) {
    *ret = (interval_work){.exchange = exchange};
    GW_TRY(GW_ARENA_NEW(arena, int64_t, exchange->problem.tie_count, &ret->flows, reterr));
    return GW_ARENA_NEW(arena, int64_t, exchange->problem.member_count, &ret->offers, reterr);
}

static void enter(interval_work *on, uint32_t interval) {
    const gw_exchange_problem *problem = &on->exchange->problem;
    const size_t members = (size_t)interval * problem->member_count;
    on->limits = problem->limits + (size_t)interval * problem->tie_count;
    on->least = problem->least == NULL ? NULL : problem->least + members;
    on->most = problem->most == NULL ? NULL : problem->most + members;
}

static int64_t magnitude(int64_t value) { return value < 0 ? -value : value; }

static int64_t limit_w(const interval_work *on, uint32_t tie) {
    const int64_t limit = on->limits[tie];
    return limit == GW_EXCHANGE_NO_LIMIT ? limit : limit / MILLI;
}

static bool every_tie_holds(const interval_work *on, const int64_t *exports_w) {
    gw_exchange_tree_flows(&on->exchange->tree, exports_w, on->flows);
    for (uint32_t i = 0; i < on->exchange->problem.tie_count; i++)
        if (magnitude(on->flows[i]) > limit_w(on, i)) return false;
    return true;
}

static void round_flows(const interval_work *on, const int64_t *agreed, int64_t *exports_w) {
    gw_exchange_tree_flows(&on->exchange->tree, agreed, on->flows);
    for (uint32_t i = 0; i < on->exchange->problem.tie_count; i++) {
        const int64_t most = limit_w(on, i);
        const int64_t flow = (int64_t)gw_wide_half_even(on->flows[i], MILLI);
        on->flows[i] = magnitude(flow) <= most ? flow : (flow < 0 ? -most : most);
    }
    gw_exchange_tree_exports(&on->exchange->tree, on->exchange->problem.ties, on->flows, exports_w);
}

static gw_status check_connections(const interval_work *on, const int64_t *exports_w,
                                   gw_fault *reterr) {
    if (on->least == NULL || on->most == NULL) return gw_ok();
    for (uint32_t i = 0; i < on->exchange->problem.member_count; i++) {
        const int64_t milliwatt = exports_w[i] * MILLI;
        if (milliwatt >= on->least[i] && milliwatt <= on->most[i]) continue;
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "exports",
                            "member %u would have to export %lld W over its connection", i,
                            (long long)exports_w[i]);
    }
    return gw_ok();
}

gw_status gw_exchange_finish(gw_arena *arena, const gw_exchange *exchange, int64_t *ret_exports_w,
                             gw_fault *reterr) {
    const uint32_t members = exchange->problem.member_count;
    interval_work on;
    GW_TRY(open_work(arena, exchange, &on, reterr));
    for (uint32_t t = 0; t < exchange->problem.interval_count; t++) {
        const int64_t *agreed = exchange->agreed + (size_t)t * members;
        int64_t *exports_w = ret_exports_w + (size_t)t * members;
        enter(&on, t);
        (void)gw_exchange_round(agreed, members, MILLI, exports_w);
        if (!every_tie_holds(&on, exports_w)) round_flows(&on, agreed, exports_w);
        GW_TRY(check_connections(&on, exports_w, reterr));
    }
    return gw_ok();
}

/* ---- falling back */

static int64_t scale(int64_t value, int64_t by, int64_t of) {
    const gw_wide scaled = gw_wide_floor(gw_wide_multiply(magnitude(value), by), of);
    return value < 0 ? -(int64_t)scaled : (int64_t)scaled;
}

/* What one side gives or takes together: side +1 exports, -1 imports. */
static int64_t side_of(const int64_t *values, uint32_t count, int side) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        if (values[i] * side > 0) sum += values[i] * side;
    return sum;
}

static void meet(int64_t *values, uint32_t count) {
    const int64_t out = side_of(values, count, 1);
    const int64_t in = side_of(values, count, -1);
    const int side = out > in ? 1 : -1;
    const int64_t more = out > in ? out : in;
    const int64_t less = out > in ? in : out;
    for (uint32_t i = 0; i < count; i++)
        if (values[i] * side > 0) values[i] = scale(values[i], less, more);
}

static int64_t limit_less(const interval_work *on, uint32_t tie, int64_t margin) {
    const int64_t limit = on->limits[tie];
    if (limit == GW_EXCHANGE_NO_LIMIT) return limit;
    return limit < margin ? 0 : limit - margin;
}

/* The tie that is overloaded most decides for all. */
static void fit_ties(const interval_work *on, int64_t *values, int64_t margin) {
    int64_t by = 1;
    int64_t of = 1;
    gw_exchange_tree_flows(&on->exchange->tree, values, on->flows);
    for (uint32_t i = 0; i < on->exchange->problem.tie_count; i++) {
        const int64_t flow = magnitude(on->flows[i]);
        const int64_t limit = limit_less(on, i, margin);
        if (flow <= limit || gw_wide_multiply(limit, of) >= gw_wide_multiply(flow, by)) continue;
        by = limit;
        of = flow;
    }
    for (uint32_t i = 0; i < on->exchange->problem.member_count; i++)
        values[i] = scale(values[i], by, of);
}

static int64_t sum_of(const int64_t *values, uint32_t count) {
    return side_of(values, count, 1) - side_of(values, count, -1);
}

/* Rounding towards zero left the sides a few watts apart: the larger one gives way, a watt each. */
static void even_out(int64_t *exports_w, uint32_t count) {
    int64_t sum = sum_of(exports_w, count);
    while (sum != 0) {
        const int side = sum > 0 ? 1 : -1;
        for (uint32_t i = 0; i < count && sum != 0; i++) {
            if (exports_w[i] * side <= 0) continue;
            exports_w[i] -= side;
            sum -= side;
        }
    }
}

static int64_t within_connection(const interval_work *on, uint32_t member, int64_t offer) {
    if (on->least == NULL || on->most == NULL) return offer;
    if (offer < on->least[member]) return on->least[member];
    return offer > on->most[member] ? on->most[member] : offer;
}

static void promise(const interval_work *on, const int64_t *offers, int64_t margin,
                    int64_t *exports_w) {
    const uint32_t members = on->exchange->problem.member_count;
    for (uint32_t i = 0; i < members; i++) on->offers[i] = within_connection(on, i, offers[i]);
    meet(on->offers, members);
    fit_ties(on, on->offers, margin);
    for (uint32_t i = 0; i < members; i++) exports_w[i] = scale(on->offers[i], 1, MILLI);
    even_out(exports_w, members);
}

gw_status gw_exchange_fall_back(gw_arena *arena, const gw_exchange *exchange, const int64_t *offers,
                                int64_t *ret_exports_w, gw_fault *reterr) {
    const uint32_t members = exchange->problem.member_count;
    interval_work on;
    GW_TRY(open_work(arena, exchange, &on, reterr));
    for (uint32_t t = 0; t < exchange->problem.interval_count; t++) {
        int64_t *exports_w = ret_exports_w + (size_t)t * members;
        const int64_t *offered = offers + (size_t)t * members;
        enter(&on, t);
        promise(&on, offered, 0, exports_w);
        /* what rounding moved is below two watts a member */
        const int64_t margin = INT64_C(2) * MILLI * members;
        if (!every_tie_holds(&on, exports_w)) promise(&on, offered, margin, exports_w);
    }
    return gw_ok();
}

void gw_exchange_flows(const gw_exchange *exchange, const int64_t *exports_w, int64_t *flows_w) {
    for (uint32_t t = 0; t < exchange->problem.interval_count; t++)
        gw_exchange_tree_flows(&exchange->tree,
                               exports_w + (size_t)t * exchange->problem.member_count,
                               flows_w + (size_t)t * exchange->problem.tie_count);
}
