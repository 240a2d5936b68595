/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_need.h"

#include "grid/flow_round.h"
#include "grid/flow_simplex.h"

#include <stdlib.h>
#include <string.h>

/* Aimed a hair inside the limit and accepted a hair outside: per unit, far below any meter. */
static const double aim = 1e-8;
static const double within = 1e-6;
/* Further inside than that is worth another round: some watts. */
static const double spare = 2e-5;
/* What one watt of the reference may cost before it is left missing, in watts elsewhere. */
static const double price_of_missing = 1e6;
/* A row that lacks less is kept: far below a watt. */
static const double lack_least_w = 1e-3;

enum { ROUNDS_ANEW = 2 };

/* A lever in one direction is a column of the programme. */
typedef struct column {
    uint32_t lever;
    double sign; /* -1: less */
    double cap_w;
} column;

typedef struct finder {
    gw_arena *arena;
    const gw_flow_need_question *question;
    gw_flow_scenario scenario;
    gw_net net;            /* the points of the path that effects are taken at */
    gw_flow_limit *limits; /* of the rows */
    uint32_t *points;      /* of the levers */
    double *change_w;      /* by point */
    double *size_w;        /* by column */
    double *kept_w;        /* by column: of that, what is no longer looked at */
    column *columns;
    size_t column_count;
    double *best;     /* by row: most relief per watt */
    double *wanted_w; /* by row, at its reference */
    double *missing;  /* of that */
    bool *is_row;     /* by limit */
    gw_flow_need need;
    gw_flow_effects effects;
} finder;

const char *gw_flow_need_word(gw_flow_need_verdict verdict) {
    static const char *const words[] = {"none", "confirmed", "unconfirmed", "not_enough",
                                        "collapsed"};
    return words[verdict];
}

static gw_status check(const gw_flow_need_question *question, gw_fault *reterr) {
    const double work = (double)question->lever_count * (double)question->net->node_count;
    if (work > GW_NEED_WORK_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/points",
                            "effects of %zu points on %zu nodes are too many to find",
                            question->lever_count, question->net->node_count);
    for (size_t at = 0; at < question->lever_count; at++) {
        const gw_flow_lever *lever = &question->levers[at];
        if (lever->point < question->net->point_count && lever->less.w >= 0 && lever->more.w >= 0)
            continue;
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                            "lever %zu names no point or has a cap below zero", at);
    }
    return gw_ok();
}

static void make_columns(finder *it) {
    for (uint32_t at = 0; at < it->question->lever_count; at++) {
        const gw_flow_lever *lever = &it->question->levers[at];
        it->points[at] = lever->point;
        if (lever->less.w > 0)
            it->columns[it->column_count++] = (column){at, -1, (double)lever->less.w};
        if (lever->more.w > 0)
            it->columns[it->column_count++] = (column){at, 1, (double)lever->more.w};
    }
}

static gw_status open_finder(finder *it, gw_fault *reterr) {
    const gw_flow_need_question *question = it->question;
    const size_t levers = question->lever_count;
    gw_arena *arena = it->arena;
    it->net = *question->net;
    GW_TRY(gw_flow_scenario_open(arena, question->net, &question->limits, &question->paths,
                                 &it->scenario, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, it->net.point_count, &it->net.points, reterr));
    if (it->net.point_count > 0)
        memcpy(it->net.points, question->net->points, it->net.point_count * sizeof *it->net.points);
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_limit, GW_NEED_ROWS_MOST, &it->limits, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, levers, &it->points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->net.point_count, &it->change_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, column, levers * 2, &it->columns, reterr));
    make_columns(it);
    GW_TRY(GW_ARENA_NEW(arena, double, it->column_count, &it->size_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, it->column_count, &it->kept_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, GW_NEED_ROWS_MOST, &it->best, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, GW_NEED_ROWS_MOST, &it->wanted_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, GW_NEED_ROWS_MOST, &it->missing, reterr));
    GW_TRY(GW_ARENA_NEW(arena, bool, question->limits.count, &it->is_row, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_need_row, GW_NEED_ROWS_MOST, &it->need.rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, levers, &it->need.change_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_outlook, question->limits.count, &it->need.before, reterr));
    return GW_ARENA_NEW(arena, gw_flow_outlook, question->limits.count, &it->need.after, reterr);
}

/* ---- rows ---- */

static double excess_of(const finder *it, size_t limit) {
    return gw_flow_limit_excess(&it->question->limits.at[limit],
                                it->scenario.outlooks[limit].upper);
}

static double margin_of(const finder *it, size_t limit) {
    return (double)it->question->margin_ppm[it->question->limits.at[limit].kind] / 1e6;
}

static double share_of(const finder *it, size_t limit) {
    return gw_flow_limit_share(&it->question->limits.at[limit], it->scenario.outlooks[limit].upper);
}

static size_t find_worst(const finder *it, double beyond) {
    size_t worst = SIZE_MAX;
    for (size_t at = 0; at < it->question->limits.count; at++) {
        if (it->is_row[at] || !(excess_of(it, at) + margin_of(it, at) > beyond)) continue;
        if (worst == SIZE_MAX || share_of(it, at) > share_of(it, worst)) worst = at;
    }
    return worst;
}

/* Everything that is not as far inside as wanted becomes a row, the worst first. */
static gw_status add_rows(finder *it, gw_fault *reterr) {
    size_t worst = SIZE_MAX;
    while (it->need.row_count < GW_NEED_ROWS_MOST &&
           (worst = find_worst(it, it->need.rounds == 0 ? 0 : within)) != SIZE_MAX) {
        gw_flow_need_row *row = &it->need.rows[it->need.row_count];
        it->is_row[worst] = true;
        it->limits[it->need.row_count++] = it->question->limits.at[worst];
        *row = (gw_flow_need_row){.limit = (uint32_t)worst,
                                  .is_violated = it->need.rounds == 0 && excess_of(it, worst) > 0,
                                  .before = it->need.before[worst]};
        GW_TRY(GW_ARENA_NEW(it->arena, gw_flow_effectiveness, it->question->lever_count,
                            &row->effectiveness, reterr));
    }
    return gw_ok();
}

/* ---- effects ---- */

/* Relief of a row per watt of a column. */
static double relief_of(const finder *it, size_t row, const column *of) {
    const gw_flow_effect effect = it->effects.at[of->lever * it->effects.limit_count + row];
    return of->sign < 0 ? effect.low : -effect.high;
}

/* At the path that has the quantile of the row with the largest share. */
static gw_status find_effects(finder *it, gw_fault *reterr) {
    size_t worst = 0;
    for (size_t row = 1; row < it->need.row_count; row++)
        if (share_of(it, it->need.rows[row].limit) > share_of(it, it->need.rows[worst].limit))
            worst = row;
    const uint32_t path = it->scenario.outlooks[it->need.rows[worst].limit].upper_path;
    const gw_flow_question question = {.net = &it->net,
                                       .limits = {it->limits, it->need.row_count},
                                       .points = it->points,
                                       .point_count = it->question->lever_count,
                                       .step = it->question->step,
                                       .cut = it->question->cut};
    gw_flow_scenario_put(&it->scenario, path, it->change_w, it->question->cut, it->net.points);
    return gw_flow_effects_find(it->arena, &question, &it->effects, reterr);
}

static double best_relief(const finder *it, size_t row, const column **ret) {
    double best = 0;
    *ret = NULL;
    for (size_t at = 0; at < it->column_count; at++) {
        const double relief = relief_of(it, row, &it->columns[at]);
        if (relief <= best) continue;
        best = relief;
        *ret = &it->columns[at];
    }
    return best;
}

/* What bidders are told comes from the effects before anything is changed; a row that joins later
 * has the first that were taken of it. */
static void describe_row(finder *it, size_t number) {
    gw_flow_need_row *row = &it->need.rows[number];
    const column *reference = NULL;
    const double best = best_relief(it, number, &reference);
    const double gap = excess_of(it, row->limit) + margin_of(it, row->limit);
    row->reference = (uint32_t)it->question->lever_count;
    if (reference == NULL) return;
    row->reference = reference->lever;
    row->is_reference_more = reference->sign > 0;
    row->reference_w = gw_flow_round_up(gap / best);
    for (uint32_t at = 0; at < it->question->lever_count; at++)
        row->effectiveness[at] = (gw_flow_effectiveness){
            gw_flow_round(1e6 * relief_of(it, number, &(column){at, -1, 0}) / best),
            gw_flow_round(1e6 * relief_of(it, number, &(column){at, 1, 0}) / best)};
}

/* ---- the programme ---- */

/* How far the least kept limit is from what is wanted of it: above zero something is beyond. */
static double shortfall_of(const finder *it) {
    double most = -1e300;
    for (size_t row = 0; row < it->need.row_count; row++) {
        const size_t limit = it->need.rows[row].limit;
        const double gap = excess_of(it, limit) + margin_of(it, limit);
        most = gap > most ? gap : most;
    }
    for (size_t at = 0; at < it->question->limits.count; at++)
        if (!it->is_row[at] && excess_of(it, at) > most) most = excess_of(it, at);
    return most;
}

/* At first everything is asked for anew in every round. From the third on a small shortfall is made
 * up on top of what was found: among many points that are nearly alike each round would find
 * another set, each with its own error of the second order. */
static void keep(finder *it) {
    const bool is_kept = it->need.rounds >= ROUNDS_ANEW && shortfall_of(it) > within;
    for (size_t at = 0; at < it->column_count; at++) it->kept_w[at] = is_kept ? it->size_w[at] : 0;
}

/* What each row asks of the columns beyond what is kept, in watts at its reference. */
static void measure_rows(finder *it) {
    for (size_t row = 0; row < it->need.row_count; row++) {
        const size_t limit = it->need.rows[row].limit;
        const column *reference = NULL;
        double wanted = excess_of(it, limit) + margin_of(it, limit) + aim;
        it->best[row] = best_relief(it, row, &reference);
        for (size_t at = 0; at < it->column_count; at++)
            wanted += relief_of(it, row, &it->columns[at]) * (it->size_w[at] - it->kept_w[at]);
        it->wanted_w[row] = it->best[row] > 0 ? wanted / it->best[row] : 0;
        it->missing[row] = 0;
    }
}

/* Watts at the reference that a row lacks with the columns as they are. */
static double lack_of(const finder *it, size_t row) {
    double lack = it->wanted_w[row] - it->missing[row];
    for (size_t at = 0; at < it->column_count && it->best[row] > 0; at++)
        lack -= relief_of(it, row, &it->columns[at]) / it->best[row] *
                (it->size_w[at] - it->kept_w[at]);
    return lack;
}

/* The row that lacks most: limits along one feeder are nearly the same row, and a programme of them
 * all would be worth nothing; so only those join that the others do not keep. */
static size_t find_lacking(const finder *it) {
    size_t worst = SIZE_MAX;
    double most = lack_least_w;
    for (size_t row = 0; row < it->need.row_count; row++) {
        const double lack = lack_of(it, row);
        if (lack <= most) continue;
        most = lack;
        worst = row;
    }
    return worst;
}

/* Behind the columns of the levers stands one for what is missing in each row that joined. */
static gw_status make_programme(const finder *it, const size_t *joined, size_t count,
                                gw_flow_programme *ret, gw_fault *reterr) {
    const size_t columns = it->column_count + count;
    double *effect = NULL;
    double *gap = NULL;
    double *cost = NULL;
    double *most = NULL;
    GW_TRY(GW_ARENA_NEW(it->arena, double, count *columns, &effect, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, count, &gap, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, columns, &cost, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, columns, &most, reterr));
    for (size_t at = 0; at < columns; at++) {
        cost[at] = at < it->column_count ? 1 : price_of_missing;
        most[at] = at < it->column_count ? it->columns[at].cap_w - it->kept_w[at] : __builtin_inf();
    }
    for (size_t at = 0; at < count; at++) {
        const size_t row = joined[at];
        for (size_t lever = 0; lever < it->column_count; lever++)
            effect[at * columns + lever] = relief_of(it, row, &it->columns[lever]) / it->best[row];
        effect[at * columns + it->column_count + at] = 1;
        gap[at] = it->wanted_w[row];
    }
    *ret = (gw_flow_programme){columns, count, effect, gap, cost, most};
    return gw_ok();
}

static gw_status solve_joined(finder *it, const size_t *joined, size_t count, gw_fault *reterr) {
    gw_flow_programme programme;
    double *amount = NULL;
    double *shadow = NULL;
    GW_TRY(make_programme(it, joined, count, &programme, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, programme.column_count, &amount, reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, double, programme.row_count, &shadow, reterr));
    GW_TRY(gw_flow_simplex(it->arena, &programme, amount, shadow, reterr));
    for (size_t at = 0; at < it->column_count; at++) it->size_w[at] = it->kept_w[at] + amount[at];
    for (size_t at = 0; at < count; at++) it->missing[joined[at]] = amount[it->column_count + at];
    return gw_ok();
}

static gw_status solve_programme(finder *it, gw_fault *reterr) {
    size_t joined[GW_NEED_ROWS_MOST];
    size_t count = 0;
    size_t row = 0;
    keep(it);
    measure_rows(it);
    memcpy(it->size_w, it->kept_w, it->column_count * sizeof *it->size_w);
    while (count < it->need.row_count && (row = find_lacking(it)) != SIZE_MAX) {
        joined[count++] = row;
        GW_TRY(solve_joined(it, joined, count, reterr));
    }
    return gw_ok();
}

/* Whole watts, up to the cap: rounded towards relief. */
static void take_over(finder *it) {
    it->need.least_w = 0;
    memset(it->change_w, 0, it->net.point_count * sizeof *it->change_w);
    memset(it->need.change_w, 0, it->question->lever_count * sizeof *it->need.change_w);
    for (size_t at = 0; at < it->column_count; at++) {
        const column *here = &it->columns[at];
        /* a billionth of a watt is no watt */
        const double whole = (double)gw_flow_round_up(it->size_w[at] - 1e-6);
        const double size = whole < here->cap_w ? whole : here->cap_w;
        it->size_w[at] = size > 0 ? size : 0;
        it->change_w[it->points[here->lever]] += here->sign * it->size_w[at];
        it->need.change_w[here->lever] += (int64_t)(here->sign * it->size_w[at]);
        it->need.least_w += (int64_t)it->size_w[at];
    }
}

/* ---- rounds ---- */

/* Whether all that helps the row is not enough for it. */
static bool is_short(const finder *it, size_t row) {
    const gw_flow_need_row *here = &it->need.rows[row];
    if (here->reference < it->question->lever_count) return it->missing[row] > 1e-3;
    return excess_of(it, here->limit) + margin_of(it, here->limit) > within;
}

static bool is_anything_missing(const finder *it) {
    for (size_t row = 0; row < it->need.row_count; row++)
        if (is_short(it, row)) return true;
    return false;
}

/* Neither beyond a limit nor further inside than was asked for. */
static bool is_settled(const finder *it) {
    const double shortfall = shortfall_of(it);
    return shortfall <= within && shortfall >= -spare;
}

static gw_status run_round(finder *it, gw_fault *reterr) {
    const size_t described = it->need.row_count;
    GW_TRY(add_rows(it, reterr));
    GW_TRY(find_effects(it, reterr));
    for (size_t row = described; row < it->need.row_count; row++) describe_row(it, row);
    GW_TRY(solve_programme(it, reterr));
    take_over(it);
    it->need.rounds++;
    gw_flow_scenario_solve(&it->scenario, it->change_w, it->question->cut);
    return gw_ok();
}

static bool helps_some_row(const finder *it, const column *of) {
    for (size_t row = 0; row < it->need.row_count; row++) {
        const gw_flow_effectiveness *part = &it->need.rows[row].effectiveness[of->lever];
        if ((of->sign < 0 ? part->less_ppm : part->more_ppm) > 0) return true;
    }
    return false;
}

/* What is said to be confirmed, the scalar flow has confirmed from a flat start. */
static void conclude(finder *it) {
    gw_flow_need *need = &it->need;
    gw_flow_gauge_use(it->scenario.gauge, GW_FLOW_LANES_NONE);
    gw_flow_scenario_solve(&it->scenario, it->change_w, it->question->cut);
    memcpy(need->after, it->scenario.outlooks, it->question->limits.count * sizeof *need->after);
    for (size_t row = 0; row < need->row_count; row++) {
        need->rows[row].after = need->after[need->rows[row].limit];
        need->rows[row].is_short = is_short(it, row);
        need->rows[row].missing_w = gw_flow_round_up(it->missing[row] - 1e-3);
    }
    for (size_t at = 0; at < it->column_count; at++)
        if (helps_some_row(it, &it->columns[at])) need->most_w += (int64_t)it->columns[at].cap_w;
    need->verdict = GW_NEED_CONFIRMED;
    if (it->scenario.is_upper_collapsed || shortfall_of(it) > within)
        need->verdict = GW_NEED_UNCONFIRMED;
    if (is_anything_missing(it)) need->verdict = GW_NEED_NOT_ENOUGH;
}

gw_status gw_flow_need_find(gw_arena *arena, const gw_flow_need_question *question,
                            gw_flow_need *ret, gw_fault *reterr) {
    const size_t size = question->limits.count * sizeof(gw_flow_outlook);
    finder it = {.arena = arena, .question = question};
    GW_TRY(check(question, reterr));
    GW_TRY(open_finder(&it, reterr));
    gw_flow_scenario_solve(&it.scenario, NULL, question->cut);
    if (it.scenario.is_upper_collapsed) it.need.verdict = GW_NEED_COLLAPSED;
    if (size > 0) memcpy(it.need.before, it.scenario.outlooks, size);
    if (size > 0) memcpy(it.need.after, it.scenario.outlooks, size);
    if (it.need.verdict == GW_NEED_COLLAPSED || !gw_flow_scenario_is_violated(&it.scenario)) {
        *ret = it.need;
        return gw_ok();
    }
    /* once, and at most three times more with effects taken anew */
    GW_TRY(run_round(&it, reterr));
    while (it.need.rounds <= GW_NEED_ROUNDS_MOST && !it.scenario.is_upper_collapsed &&
           !is_settled(&it))
        GW_TRY(run_round(&it, reterr));
    conclude(&it);
    *ret = it.need;
    return gw_ok();
}
